S: * OK ready
C: a1 CAPABILITY
S: * BYE going down
> end closed: the server ended the connection: going down
