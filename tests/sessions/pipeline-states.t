# The states are as if it had been waited for.
= known 7/40
= states
= remembered IMAP4rev1 IDLE
S: * OK [CAPABILITY IMAP4rev1] ready
> state credentials
> login
! login LOGIN a b
> state login
C! a1 LOGIN a b
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: a1 OK [CAPABILITY IMAP4rev1 IDLE] welcome
> state opening
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> state syncing
> opened 7/40
S: a3 OK done
> state watching
> synced
S: + idling
