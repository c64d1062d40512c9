S: * OK [CAPABILITY IMAP4rev1] ready
> login
! login LOGIN {2}|ü {3}|p"w
C! a1 LOGIN {2}
S: + go
C! ü {3}
S: + go
C! p"w
S: a1 NO no
> end refused: the server refuses the login: no
