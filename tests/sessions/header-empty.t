# An empty header (quirk 21): told all the same.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 41 500 () 
S: a5 OK done
> synced
S: + idling
