# ... and repeated until we close (quirk 23).
< idling.inc
S: * BYE Idle for too long
> end closed: the server ended the connection: Idle for too long
S: * BYE Idle for too long
S: * BYE Idle for too long
! eof
? never
