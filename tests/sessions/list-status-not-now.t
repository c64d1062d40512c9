# Refused for now: STATUS for each, this time, and nothing to remember.
< login-sides.inc
S: a4 NO [UNAVAILABLE] try again later
S: + idling
C: DONE
C| a6 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a7 STATUS "Lists/a b" (MESSAGES UIDNEXT UIDVALIDITY)
C| a8 IDLE
S: a5 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
> Work: opened 5/10
> Work: synced
S: a6 OK done
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
> Lists/a b: opened 6/20
> Lists/a b: synced
S: a7 OK done
S: + idling
+ 5m
C: DONE
C| a9 NOOP
C| a10 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a11 IDLE
