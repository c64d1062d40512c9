# A server that does not know parts sends all of it each time.
< idling.inc
! body 40 700 @300
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<300.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[] {$}
L* x*700
S: )
> piece 40 @300 400
S: a5 OK done
> body 40 ok
S: + idling
