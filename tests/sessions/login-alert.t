# A refusal that people shall read is no wrong password ...
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO [ALERT] Log in to our web page first
> alert Log in to our web page first
> end unavailable: the server refuses the login: Log in to our web page first
