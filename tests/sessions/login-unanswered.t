S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
? 60s
+ 60s
> end timeout: the server does not answer the login
