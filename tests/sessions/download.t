# A small message: one piece, one round trip.
< idling.inc
! body 40
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[]<0> {$}
L: Subject: x
L: 
L: Hello
S: )
> piece 40 @0 21
S: a5 OK done
> body 40 ok
S: + idling
? 15m
