# The server ends a long IDLE by itself: a new one.
< idling.inc
+ 10m
S: a4 OK Idle completed
C: a5 IDLE
S: + idling
? 15m
