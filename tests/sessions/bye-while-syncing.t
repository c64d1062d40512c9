< open.inc
S: * BYE shutting down
> end closed: the server ended the connection: shutting down
