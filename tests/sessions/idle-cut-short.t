# A server that ends each IDLE at once is polled after the third.
< idling.inc
S: a4 OK Idle completed
C: a5 IDLE
S: + idling
S: a5 OK Idle completed
C: a6 IDLE
S: + idling
S: a6 OK Idle completed
C: a7 NOOP
S: a7 OK done
? 5m
