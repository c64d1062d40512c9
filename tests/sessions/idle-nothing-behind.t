# Nothing may follow IDLE but DONE, and that only behind the "+" (quirk 6).
< open.inc
S: a3 OK done
> synced
! refresh
! body 40
? 30s
S: + idling
C: DONE
C| a5 NOOP
C| a6 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a7 IDLE
