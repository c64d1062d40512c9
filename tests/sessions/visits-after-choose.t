# A side becomes home while it is open: the others are still visited, later on.
< notify-open.inc
S: * STATUS Work (MESSAGES 4 UIDNEXT 12)
C: DONE
C| a6 EXAMINE "Work"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a5 OK done
S: * 3 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: a6 OK done
! choose Work|INBOX|Lists/a b
S: a7 OK done
> synced
C: a8 IDLE
S: + idling
+ 20s
S: * STATUS "Lists/a b" (MESSAGES 5 UIDNEXT 22)
C: DONE
C| a9 EXAMINE "Lists/a b"
C| a10 UID FETCH 21:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
