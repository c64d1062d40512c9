# There is no such mailbox.
= goal task
= writable
= known 7/0
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE] welcome
C: a2 SELECT "INBOX"
S: a2 NO [NONEXISTENT] no such thing
> end mailbox: the mailbox cannot be opened: no such thing
