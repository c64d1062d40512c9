# Dovecot of old tells them untagged before the OK; they are asked again.
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN|AGEAYg==
C! a1 AUTHENTICATE PLAIN
S: + 
C! AGEAYg==
S: * CAPABILITY IMAP4rev1 IDLE
S: a1 OK welcome
C: a2 CAPABILITY
C| a3 EXAMINE "INBOX"
