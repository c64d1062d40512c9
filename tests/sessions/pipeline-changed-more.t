# It can more than the last time: IDLE follows.
= known 7/40
= remembered IMAP4rev1
S: * OK [CAPABILITY IMAP4rev1] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a1 OK [CAPABILITY IMAP4rev1 IDLE QRESYNC] welcome
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
C: a4 IDLE
