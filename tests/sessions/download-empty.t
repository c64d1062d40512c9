# No message is empty, whatever AOL sends (quirk 21).
< idling.inc
! body 40 500
C: DONE
C| a5 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BODY[]<0> "")
S: a5 OK done
> body 40 failed: the server sent nothing of it
S: + idling
