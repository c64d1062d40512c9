# Without IDLE it is a poll.
< polling.inc
+ 1m
! probe 8s
C: a4 NOOP
? 8s
S: a4 OK done
? 5m
