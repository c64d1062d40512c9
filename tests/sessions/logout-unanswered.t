< idling.inc
! logout
C: DONE
C| a5 LOGOUT
+ 800ms
> end
