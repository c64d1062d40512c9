# Two are announced, and FETCH sees one of them yet (quirk 32): one more look.
< idling.inc
S: * 12 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "One")
> news 41 500 () One
S: a5 OK done
> synced
S: + idling
? 5s
+ 5s
C: DONE
C| a7 UID FETCH 42:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a6 OK done
S: * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Two")
> news 42 500 () Two
S: a7 OK done
> synced
S: + idling
? 15m
