# Nothing is left to watch while a mailbox is being caught up with, and more is
# announced there: the connection is still looked after.
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
! choose
S: * 4 EXISTS
S: a7 OK done
? look 5m
+ 5m
C: a8 NOOP
+ 60s
> end timeout: the server does not answer NOOP
