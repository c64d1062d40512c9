# What ID says is remembered.
= known 7/40
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready.
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 OK [CAPABILITY IMAP4rev1 ID] welcome
C: a2 ID ("name" "idlebell" "version" "1")
C| a3 EXAMINE "INBOX"
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
? remember something
S: * ID ("version" "Dovecot" "name" NIL "odd")
? remember something
S: * ID NIL
S: * ID ("version" "2.3" "name" "Dovecot")
? remember Dovecot
