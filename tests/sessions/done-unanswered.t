# The line is dead: DONE has 30 seconds.
< idling.inc
+ 15m
C: DONE
C| a5 NOOP
C| a6 IDLE
+ 29s
+ 1s
> end timeout: the server does not answer DONE
? never
