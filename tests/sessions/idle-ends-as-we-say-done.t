# Both end it at the same time: the server takes DONE for a command.
< idling.inc
+ 15m
C: DONE
C| a5 NOOP
C| a6 IDLE
S: a4 OK Idle completed
S: DONE BAD Unknown command
S: a5 OK done
S: + idling
? 15m
