# What is said of a message cannot be read but its UID: it is told all the
# same.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS "(odd)")
S: a5 OK done
S: + idling
C: DONE
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]<0.65536>)
C| a8 IDLE
S: a6 OK done
S: * 11 FETCH (UID 41 FLAGS "(odd)")
S: a7 OK done
S: + idling
C: DONE
C| a9 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE)
C| a10 IDLE
S: a8 OK done
S: * 11 FETCH (UID 41 FLAGS "(odd)")
S: a9 OK done
S: + idling
C: DONE
C| a11 UID FETCH 41:* (UID)
C| a12 IDLE
S: a10 OK done
S: * 11 FETCH (UID 41)
> news 41 0 () 
S: a11 OK done
> synced
S: + idling
? 15m
