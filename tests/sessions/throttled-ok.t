# Gmail slows us down and says so in an OK (quirk 12).
< idling.inc
+ 15m
C: DONE
C| a5 NOOP
C| a6 IDLE
S: a4 OK Success [THROTTLED]
S: a5 OK [THROTTLED] Success
S: + idling
? 15m
