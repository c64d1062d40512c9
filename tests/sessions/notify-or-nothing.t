# method = notify, and the server has IDLE alone: no sweeps in its place.
= notify
= push-only
= side Work
S: * OK [CAPABILITY IMAP4rev1 IDLE] hello
> login
! login LOGIN jane x
C! a1 LOGIN jane x
S: a1 OK [CAPABILITY IMAP4rev1 IDLE] done
C: a2 EXAMINE "INBOX"
C| a3 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a4 IDLE
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
> end unavailable: the server does not offer NOTIFY, and method = notify rules out everything else
