# A server that tells its capabilities only when asked: those of the last time
# are not to be relied upon.
= known 7/40
= remembered IMAP4rev1 IDLE
S: * OK [CAPABILITY IMAP4rev1] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: a1 OK welcome
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: + idling
? remember nothing
+ 15m
C: DONE
C| a5 NOOP
C| a6 IDLE
