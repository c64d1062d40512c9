# method = notify: where NOTIFY is refused, no sweeps in its place.
= notify
= push-only
= known 7/40
= side Work
= known 5/10
= faults 2
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NOTIFY] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 NOTIFY SET STATUS (selected (MessageNew MessageExpunge FlagChange)) (mailboxes ("INBOX" "Work") (MessageNew MessageExpunge FlagChange))
C| a5 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: a4 NO not for you
> fault 1: the server refuses NOTIFY: not for you
> end unavailable: the server refuses NOTIFY: not for you, and method = notify rules out everything else
