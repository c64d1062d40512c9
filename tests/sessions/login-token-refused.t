# XOAUTH2 tells why in a challenge, which wants an empty answer.
S: * OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready
> login
! login AUTHENTICATE XOAUTH2 abc=|
C! a1 AUTHENTICATE XOAUTH2 abc=
S: + eyJzdGF0dXMiOiI0MDAifQ==
C! 
S: a1 NO SASL authentication failed
> end refused: the server refuses the login: SASL authentication failed
