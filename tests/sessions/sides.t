# Home listens; the sides are looked at by one LIST for each poll_interval.
< sides.inc
? look 5m
? method idle
? method status Work
? why 
+ 5m
C: DONE
C| a6 NOOP
C| a7 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a8 IDLE
S: a5 OK done
S: a6 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a7 OK done
S: + idling
? look 5m
