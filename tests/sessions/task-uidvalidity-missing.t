# No UIDVALIDITY is one that never changes (quirk 35).
= goal task
= known 1/0
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE] welcome
C: a2 EXAMINE "INBOX"
S: * 3 EXISTS
S: a2 OK done
> opened 1/0
> synced
