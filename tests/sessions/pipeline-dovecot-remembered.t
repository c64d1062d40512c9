# ... or has said so in its ID of the last time, behind a greeting that says
# nothing.
= known 7/40
= remembered IMAP4rev1 IDLE Dovecot
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready.
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
