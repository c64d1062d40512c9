# What failed before is not tried again.
= known 7/40
= faults 16
= remembered IMAP4rev1 IDLE Dovecot
S: * OK [CAPABILITY IMAP4rev1] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
