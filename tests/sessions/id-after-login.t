# ID behind the login and before EXAMINE (quirk 25), whatever it answers (26).
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN ID] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 ID IDLE] in
C: a2 ID ("name" "idlebell" "version" "1")
C| a3 EXAMINE "INBOX"
C| a4 IDLE
S: a2 BAD invalid arguments
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 1] .
S: a3 OK done
> opened 7/0 reset
> synced
S: + idling
