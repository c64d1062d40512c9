# Before the login there is nothing to probe, and nothing to punish later.
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! probe 8s
+ 1m
! login LOGIN a b
C! a1 LOGIN a b
? 8s
