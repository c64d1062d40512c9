< login-sides.inc
# A side that is not there: LIST says nothing of it, STATUS why.  It is tried
# again with the next look.
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
> Lists/a b: opened 6/20
> Lists/a b: synced
S: a4 OK done
S: + idling
C: DONE
C| a6 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a7 IDLE
S: a5 OK done
S: a6 NO [NONEXISTENT] no such mailbox
> Work: failed mailbox: the server cannot look into the mailbox: no such mailbox
S: + idling
? method none Work
! body Work: 3
> Work: body 3 failed: its mailbox cannot be opened
+ 5m
C: DONE
C| a8 NOOP
C| a9 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a10 STATUS "Lists/a b" (MESSAGES UIDNEXT UIDVALIDITY)
C| a11 IDLE
S: a7 OK done
S: a8 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
> Work: opened 5/10
> Work: synced
S: a9 OK done
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a10 OK done
S: + idling
? method status Work
