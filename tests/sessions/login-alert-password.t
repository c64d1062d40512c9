# ... unless it says so.
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO [ALERT] Application-specific password required
> alert Application-specific password required
> end refused: the server refuses the login: Application-specific password required
