< idling.inc
! refresh
C: DONE
C| a5 NOOP
C| a6 IDLE
S: a4 OK done
S: a5 OK done
S: + idling
