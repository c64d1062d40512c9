# What a message is, asked for before it is fetched.  A flag that changes
# meanwhile is no answer.
< idling.inc
! about 40 structure
C: DONE
C| a5 UID FETCH 40 (UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 FLAGS (\Seen))
> flags 40 (\Seen)
S: * 10 FETCH (UID 40 FLAGS (\Seen) RFC822.SIZE 700 BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)("IMAGE" "PNG" NIL NIL NIL "BASE64" 600) "MIXED"))
> about 40 700 (\Seen) :multipart/mixed 1:text/plain 2:image/png
S: a5 OK done
S: + idling
! about 40
C: DONE
C| a7 UID FETCH 40 (UID FLAGS INTERNALDATE RFC822.SIZE)
C| a8 IDLE
S: a6 OK done
S: * 10 FETCH (UID 40 FLAGS () RFC822.SIZE 700)
> about 40 700 ()
S: a7 OK done
S: + idling
