# method = idle, and the server has no IDLE: no polling in its place.
= push-only
S: * OK [CAPABILITY IMAP4rev1] hello
> login
! login LOGIN jane x
C! a1 LOGIN jane x
S: a1 OK [CAPABILITY IMAP4rev1] done
C: a2 EXAMINE "INBOX"
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
> end unavailable: the server does not push new mail, and method = idle rules out asking for it
