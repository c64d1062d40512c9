< idling.inc
! logout
C: DONE
C| a5 LOGOUT
S: a4 OK done
S: * BYE logging out
S: a5 OK done
> end
