# Too many mailboxes for NOTIFY are no fault to remember: with fewer of them it
# may do.
= notify
= known 7/40
= side Work
= known 5/10
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NOTIFY] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (mailboxes ("INBOX" "Work") (MessageNew MessageExpunge FlagChange))
C| a5 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: a4 NO [NOTIFICATIONOVERFLOW] too many names
? why the server refuses NOTIFY with header fields: too many names
S: + idling
C: DONE
C| a6 NOTIFY SET STATUS (selected (MessageNew MessageExpunge FlagChange)) (mailboxes ("INBOX" "Work") (MessageNew MessageExpunge FlagChange))
C| a7 IDLE
S: a5 OK done
S: a6 NO [NOTIFICATIONOVERFLOW] still too many
S: + idling
C: DONE
C| a8 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a9 IDLE
S: a7 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
> Work: opened 5/10
> Work: synced
S: a8 OK done
S: + idling
? method idle
? method status Work
? why the server refuses NOTIFY: still too many
? look 5m
