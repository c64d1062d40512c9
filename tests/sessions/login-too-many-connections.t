# Said as a refused login, but the password is right (quirks 12, 39).
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO [ALERT] Too many simultaneous connections. (Failure)
> alert Too many simultaneous connections. (Failure)
> end unavailable: the server refuses the login: Too many simultaneous connections. (Failure)
? patience 0ms
