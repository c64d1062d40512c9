# Said in minutes.
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO Too many logins; wait for 2 minutes
> end unavailable: the server refuses the login: Too many logins; wait for 2 minutes
? patience 2m
