# Who waits for a part of the login would take a command for it.
= known 7/40
= remembered IMAP4rev1 IDLE Dovecot
S: * OK [CAPABILITY IMAP4rev1] ready
> login
! login LOGIN "a" {3}|ü
C! a1 LOGIN "a" {3}
S: + go on
C! ü
