# Behind AUTHENTICATE only with Dovecot, which says so in its greeting.
= known 7/40
= remembered IMAP4rev1 IDLE
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] Dovecot (Debian) ready.
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: a1 OK [CAPABILITY IMAP4rev1 IDLE] Logged in
? remember Dovecot
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: + idling
