# A structure beyond understanding (quirk 18), and a message that is gone.
< idling.inc
! about 40 structure
C: DONE
C| a5 UID FETCH 40 (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 FLAGS () RFC822.SIZE 700 BODYSTRUCTURE ((NIL NIL)))
> about 40 700 ()
S: a5 OK done
S: + idling
! about 39 structure
C: DONE
C| a7 UID FETCH 39 (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE)
C| a8 IDLE
S: a6 OK done
S: a7 OK done
> about 39 failed: it is not there any more
S: + idling
! about 40
C: DONE
C| a9 UID FETCH 40 (UID FLAGS INTERNALDATE RFC822.SIZE)
C| a10 IDLE
S: a8 OK done
S: a9 BAD no
> about 40 failed: the server refuses to tell of it
S: + idling
