# [CLOSED] is never about another mailbox, though others are being asked for:
# home is gone, and the next one takes its place.
< sides.inc
+ 5m
C: DONE
C| a6 NOOP
C| a7 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a8 IDLE
S: a5 OK done
S: a6 OK done
S: * OK [CLOSED] Mailbox was deleted
> failed closed: the mailbox was deleted or closed: Mailbox was deleted
S: * STATUS Work (MESSAGES 4 UIDNEXT 11 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a7 OK done
S: + idling
C: DONE
C| a9 EXAMINE "Work"
C| a10 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a11 IDLE
