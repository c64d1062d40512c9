# A server that knows no parts, and more than is kept of one response.
< idling.inc
! body 40 600000
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[] {$}
L* x*600000
S: )
S: a5 OK done
> body 40 failed: the server does not send it in pieces, and it is too large to come at once
S: + idling
