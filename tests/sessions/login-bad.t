S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 BAD Error in IMAP command
> end protocol: the server does not understand the login: Error in IMAP command
