# A server that has always one more piece.
< idling.inc
! body 40 100
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
S: * 10 FETCH (UID 40 BODY[]<131072> {$}
L* x*131072
S: )
> piece 40 @131072 131072
S: a7 OK done
S: + idling
C: DONE
C| a9 UID FETCH 40 (UID BODY.PEEK[]<262144.131072>)
C| a10 IDLE
S: a8 OK done
S: * 10 FETCH (UID 40 BODY[]<262144> {$}
L* x*131072
S: )
> piece 40 @262144 131072
S: a9 OK done
> body 40 failed: it is far longer than the server said
S: + idling
