# After 15 minutes DONE, NOOP and IDLE in one write, and again.
< idling.inc
+ 14m
+ 1m
C: DONE
C| a5 NOOP
C| a6 IDLE
? 30s
S: a4 OK done
S: a5 OK done
S: + idling
? 15m
+ 15m
C: DONE
C| a7 NOOP
C| a8 IDLE
S: a6 OK done
S: a7 OK done
S: + idling
