# What to open is not known yet.
= choose
= remembered IMAP4rev1 IDLE
S: * OK [CAPABILITY IMAP4rev1] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
