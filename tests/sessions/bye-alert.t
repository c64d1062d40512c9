# A server that goes down says so to people; we are back at once.
< idling.inc
S: * BYE [ALERT] Restarting
> alert Restarting
> end closed: the server ended the connection: Restarting
