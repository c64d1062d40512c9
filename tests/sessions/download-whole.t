# A server that ignores the partial sends the message whole, without an
# origin.
< idling.inc
! body 40
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[] {$}
L* x*200000
S: )
> piece 40 @0 200000
S: a5 OK done
> body 40 ok
S: + idling
