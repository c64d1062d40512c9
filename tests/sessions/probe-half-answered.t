# Bytes of before that were still in the pipe do not prove anything.
< idling.inc
+ 5m
! probe 8s
C: DONE
C| a5 NOOP
C| a6 IDLE
S: * OK Still here
+ 8s
> end timeout: the server does not answer DONE
