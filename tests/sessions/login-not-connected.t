# Exchange (quirk 17).
S: * OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready
> login
! login AUTHENTICATE XOAUTH2 abc=|
C! a1 AUTHENTICATE XOAUTH2 abc=
S: a1 BAD User is authenticated but not connected.
> end unavailable: the server does not understand the login: User is authenticated but not connected.
