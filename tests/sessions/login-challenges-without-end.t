S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN|AGEAYg==
C! a1 AUTHENTICATE PLAIN
S: + 
C! AGEAYg==
S: + more
C! *
S: a1 BAD cancelled
> end protocol: the server does not understand the login: cancelled
