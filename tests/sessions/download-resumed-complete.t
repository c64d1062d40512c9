# The owner has all of it, which the server says by "", by NIL or by nothing.
< idling.inc
! body 40 700 @700
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<700.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[]<700> "")
S: a5 OK done
> body 40 ok
S: + idling
! body 40 700 @700
C: DONE
C| a7 UID FETCH 40 (UID BODY.PEEK[]<700.131072>)
C| a8 IDLE
S: a6 OK done
S: * 10 FETCH (UID 40 BODY[]<700> NIL)
S: a7 OK done
> body 40 ok
S: + idling
! body 40 700 @700
C: DONE
C| a9 UID FETCH 40 (UID BODY.PEEK[]<700.131072>)
C| a10 IDLE
S: a8 OK done
S: a9 OK done
> body 40 ok
S: + idling
