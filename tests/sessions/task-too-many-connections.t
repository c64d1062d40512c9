# No further connection.
= goal task
= writable
= known 7/0
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 NO [LIMIT] Maximum number of connections from user+IP exceeded
> end unavailable: the server refuses the login: Maximum number of connections from user+IP exceeded
