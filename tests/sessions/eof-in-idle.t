< idling.inc
! eof
> end closed: the server closed the connection
