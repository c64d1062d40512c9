# With a reply on its way every byte counts.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
? 1m
! probe 8s
? 8s
+ 5s
S- * 11 FET
? 8s
+ 8s
> end timeout: the server does not answer UID FETCH
