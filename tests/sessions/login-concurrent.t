# A limit of connections, no wrong password (quirk 39).
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO Too many concurrent connections
> end unavailable: the server refuses the login: Too many concurrent connections
