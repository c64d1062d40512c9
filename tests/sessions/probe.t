# Is the server still there?  It is, and then has its time again.
< idling.inc
+ 5m
! probe 8s
C: DONE
C| a5 NOOP
C| a6 IDLE
? 8s
+ 3s
S: a4 OK done
? 8s
S: a5 OK done
? 30s
S: + idling
? 15m
? heard 0ms
