< sides.inc
# UIDVALIDITY of a side is another one than STATUS said: what is known of it is
# void, and the owner comes back with what holds.
+ 5m
C: DONE
C| a6 NOOP
C| a7 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a8 IDLE
S: a5 OK done
S: a6 OK done
S: * STATUS Work (MESSAGES 4 UIDNEXT 12 UIDVALIDITY 5)
S: a7 OK done
S: + idling
C: DONE
C| a9 EXAMINE "Work"
C| a10 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a8 OK done
S: * 3 EXISTS
S: * OK [UIDVALIDITY 99] .
S: * OK [UIDNEXT 12] .
S: a9 OK done
> end closed: mailbox Work was renumbered while another one was open
