# Others may confuse what comes behind AUTHENTICATE (Cyrus).
= known 7/40
= remembered IMAP4rev1 IDLE
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] Cyrus IMAP server ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
? remember nothing
S: a1 OK [CAPABILITY IMAP4rev1 IDLE] welcome
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
? remember something
