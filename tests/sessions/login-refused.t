S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO [AUTHENTICATIONFAILED] Authentication failed.
> end refused: the server refuses the login: Authentication failed.
