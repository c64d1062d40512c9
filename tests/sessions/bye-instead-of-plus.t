# GMX and others (quirk 24).
< open.inc
S: a3 OK done
> synced
S: * BYE timeout
> end closed: the server ended the connection: timeout
