< sides.inc
# UIDNEXT of a side goes back: its UIDs may be given anew, so look.
+ 5m
C: DONE
C| a6 NOOP
C| a7 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a8 IDLE
S: a5 OK done
S: a6 OK done
S: * STATUS Work (MESSAGES 4 UIDNEXT 5 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 20 UIDVALIDITY 6)
S: a7 OK done
S: + idling
C: DONE
C| a9 EXAMINE "Work"
C| a10 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a8 OK done
S: * 3 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 11] .
S: a9 OK done
S: a10 OK done
> Work: synced
C: a11 EXAMINE "Lists/a b"
C| a12 UID FETCH 21:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 4 EXISTS
S: * OK [UIDVALIDITY 6] .
S: * OK [UIDNEXT 5] .
S: a11 OK done
> end closed: mailbox Lists/a b was renumbered while another one was open
