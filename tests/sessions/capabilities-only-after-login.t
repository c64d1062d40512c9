# Asked before login and again after it (quirk 1); IDLE is known only then.
S: * OK ready
C: a1 CAPABILITY
S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
S: a1 OK done
> login
! login AUTHENTICATE PLAIN|AGEAYg==
C! a2 AUTHENTICATE PLAIN
S: + 
C! AGEAYg==
S: a2 OK welcome
C: a3 CAPABILITY
C| a4 EXAMINE "INBOX"
S: * CAPABILITY IMAP4rev1 IDLE
S: a3 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a4 OK done
> opened 7/40 reset
> synced
C: a5 IDLE
S: + idling
? 15m
