# Dovecot, when it missed the DONE among other things (quirk 6): IDLE is over,
# and that is all we want to know.
< idling.inc
+ 15m
C: DONE
C| a5 NOOP
C| a6 IDLE
S: a4 BAD Expected DONE.
S: a5 OK done
S: + idling
? 15m
