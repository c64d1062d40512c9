# Deleted in between: OK and no data.
< idling.inc
! body 40
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 EXPUNGE
> gone 40
S: a5 OK done
> body 40 failed: the server did not send all of it
S: + idling
