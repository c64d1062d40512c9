# Parts of a message, one of them empty; another message's, and another part,
# are not taken for it.
< idling.inc
! body 40 1.MIME
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[1.MIME]<0.131072>)
C| a6 IDLE
! body 40 5 1
! body 40 9 2
S: a4 OK done
S: * 9 FETCH (UID 39 BODY[1.MIME]<0> "no")
S: * 10 FETCH (UID 40 BODY[1]<0> "no")
S: * 10 FETCH (UID 40 BODY[1.mime]<0> {$}
L: Content-Type: text/plain
L: 
S: )
> piece 40 @0 28
S: a5 OK done
> body 40 ok
S: + idling
C: DONE
C| a7 UID FETCH 40 (UID BODY.PEEK[1]<0.131072>)
C| a8 IDLE
S: a6 OK done
S: * 10 FETCH (UID 40 BODY[1]<0> "hello")
> piece 40 @0 5
S: a7 OK done
> body 40 ok
S: + idling
C: DONE
C| a9 UID FETCH 40 (UID BODY.PEEK[2]<0.131072>)
C| a10 IDLE
S: a8 OK done
S: * 10 FETCH (UID 40 BODY[2] NIL)
S: a9 OK done
> body 40 ok
S: + idling
