# A message whose header never comes is told all the same.
< idling.inc
S: * 12 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500)
S: * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 600 BODY[HEADER.FIELDS (FROM SUBJECT)] NIL)
> news 42 600 () 
S: a5 OK done
> news 41 500 () 
> synced
S: + idling
