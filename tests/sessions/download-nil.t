# Exchange and others: NIL where the message should be (quirk 18).
< idling.inc
! body 40
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[] NIL)
S: a5 NO [EXPUNGEISSUED] gone
> body 40 failed: the server refuses to send it
S: + idling
