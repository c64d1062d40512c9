# It is not.
< idling.inc
+ 5m
! probe 8s
C: DONE
C| a5 NOOP
C| a6 IDLE
+ 8s
> end timeout: the server does not answer DONE
