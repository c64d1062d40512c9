# Said in other words.
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO [THROTTLED] Slow down, please try again in 90 seconds
> end unavailable: the server refuses the login: Slow down, please try again in 90 seconds
? patience 90s
