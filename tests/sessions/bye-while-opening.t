< login.inc
C: a2 EXAMINE "INBOX"
C| a3 IDLE
S: * BYE shutting down
> end closed: the server ended the connection: shutting down
