# Gone behind the first piece, which some tell by an empty one:
# what came is not the message.
< idling.inc
! body 40 200000
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[]<0> {$}
L* x*131072
S: )
> piece 40 @0 131072
S: a5 OK done
S: + idling
C: DONE
C| a7 UID FETCH 40 (UID BODY.PEEK[]<131072.131072>)
C| a8 IDLE
S: a6 OK done
S: * 10 FETCH (UID 40 BODY[]<131072> "")
S: a7 OK done
> body 40 failed: the server did not send all of it
S: + idling
