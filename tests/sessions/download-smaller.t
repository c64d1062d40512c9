# Exchange and hMailServer say more than they send (quirks 18, 40): what comes
# is the message.
< idling.inc
! body 40 5000
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[]<0> {$}
L* x*700
S: )
> piece 40 @0 700
S: a5 OK done
> body 40 ok
S: + idling
