< polling.inc
S: * BYE autologout
> end closed: the server ended the connection: autologout
