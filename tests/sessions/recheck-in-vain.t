# ... and if there is nothing then either, peace.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: a5 OK done
> synced
S: + idling
+ 5s
C: DONE
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a6 OK done
S: a7 OK done
> synced
S: + idling
? 15m
