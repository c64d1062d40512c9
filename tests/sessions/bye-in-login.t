S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN|AGEAYg==
C! a1 AUTHENTICATE PLAIN
S: * BYE Session invalidated - AccessTokenExpired
> end closed: the access token is too old, a new login is due: Session invalidated - AccessTokenExpired
