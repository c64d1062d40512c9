< idling.inc
+ 15m
C: DONE
C| a5 NOOP
C| a6 IDLE
S: * BYE [UNAVAILABLE] restarting
> end unavailable: the server ended the connection: restarting
