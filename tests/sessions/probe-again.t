# Changes that do not end must not put off the end of a dead line.
< idling.inc
+ 5m
! probe 8s
C: DONE
C| a5 NOOP
C| a6 IDLE
+ 5s
! probe 8s
? 3s
+ 2s
! probe 8s
+ 1s
> end timeout: the server does not answer DONE
