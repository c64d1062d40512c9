# A header over the limit is read past; the message is told with a part of it.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 700000 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L* x*600000
S: )
S: a5 OK done
S: + idling
C: DONE
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]<0.65536>)
C| a8 IDLE
S: a6 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 700000 BODY[HEADER.FIELDS (FROM SUBJECT)]<0> {$}
L: Subject: long
L- x
S: )
> news 41 700000 () Subject: long| x
S: a7 OK done
> synced
S: + idling
? 15m
