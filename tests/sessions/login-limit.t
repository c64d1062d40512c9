# No number, but a code: come back later.
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO [LIMIT] Session quota
> end unavailable: the server refuses the login: Session quota
? patience 0ms
