# Where the server does not decode, the part comes encoded.
< idling.inc
! body 40 9 1 binary
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[1]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: a5 NO no such message
> body 40 failed: the server refuses to send it
S: + idling
