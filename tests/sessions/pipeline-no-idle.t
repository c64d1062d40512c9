# It has no IDLE any more: it says so, and no fault is remembered.
= known 7/40
= remembered IMAP4rev1 IDLE
S: * OK [CAPABILITY IMAP4rev1] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: a1 OK [CAPABILITY IMAP4rev1] welcome
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: a4 BAD what is IDLE
C: a5 NOOP
S: a5 OK done
? 5m
? method poll
