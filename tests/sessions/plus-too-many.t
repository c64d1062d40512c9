# Exchange's extra "+" (quirk 18) means nothing.
< idling.inc
S: + 
S: + idling
+ 15m
C: DONE
C| a5 NOOP
C| a6 IDLE
S: + 
S: a4 OK done
S: a5 OK done
S: + idling
? 15m
