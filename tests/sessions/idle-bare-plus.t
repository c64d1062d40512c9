# "+" without text (quirk 4).
< open.inc
S: a3 OK done
> synced
S- +\r\n
? 15m
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
