# What the owner has already is not fetched again.
< idling.inc
! body 40 700 @300
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<300.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[]<300> {$}
L* x*400
S: )
> piece 40 @300 400
S: a5 OK done
> body 40 ok
S: + idling
