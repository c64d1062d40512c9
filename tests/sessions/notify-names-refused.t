# A server that wants no UTF-8 gets none.
= notify
= known 7/40
= side Entwürfe
= known 5/10
= side Work
= known 6/20
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NOTIFY LIST-EXTENDED LIST-STATUS] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (mailboxes ("INBOX" "Entw&APw-rfe" "Entwürfe" "Work") (MessageNew MessageExpunge FlagChange))
C| a5 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: a4 BAD eight bits
S: + idling
C: DONE
C| a6 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (mailboxes ("INBOX" "Entw&APw-rfe" "Work") (MessageNew MessageExpunge FlagChange))
C| a7 IDLE
S: a5 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 21 UIDVALIDITY 6)
> Work: opened 6/20
> Work: synced
S: * STATUS Entw&APw-rfe (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
> Entwürfe: opened 5/10
> Entwürfe: synced
S: a6 OK done
S: + idling
? method notify Entwürfe
? method notify Work
? look 15m
