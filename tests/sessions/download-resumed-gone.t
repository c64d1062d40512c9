# Deleted while nobody was connected; where the size is unknown, silence is no
# end either.
< idling.inc
! body 40 700 @300
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<300.131072>)
C| a6 IDLE
S: a4 OK done
S: a5 OK done
> body 40 failed: the server did not send all of it
S: + idling
! body 40 @300
C: DONE
C| a7 UID FETCH 40 (UID BODY.PEEK[]<300.131072>)
C| a8 IDLE
S: a6 OK done
S: a7 OK done
> body 40 failed: the server did not send all of it
S: + idling
