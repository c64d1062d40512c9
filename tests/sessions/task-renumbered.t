# Another UIDVALIDITY: the UID is of another message.
= goal task
= writable
= known 7/0
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE] welcome
C: a2 SELECT "INBOX"
S: * 3 EXISTS
S: * OK [UIDVALIDITY 8] .
S: a2 OK [READ-WRITE] done
> end gone: the mailbox was renumbered: its UIDs mean other messages now
