< idling.inc
! logout
C: DONE
C| a5 LOGOUT
! eof
> end
