# Names that are no ASCII are taken by Dovecot as UTF-8 only (quirk 42), by
# others in modified UTF-7 only: they are said both ways.
= notify
= known 7/40
= side Entwürfe
= known 5/10
= side a & "b"
= known 6/20
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NOTIFY LIST-EXTENDED LIST-STATUS] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (mailboxes ("INBOX" "Entw&APw-rfe" "Entwürfe" "a &- \"b\"" "a & \"b\"") (MessageNew MessageExpunge FlagChange))
C| a5 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: * STATUS {9}
S- Entwürfe (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)\r\n
> Entwürfe: opened 5/10
> Entwürfe: synced
S: * STATUS "a & \"b\"" (MESSAGES 3 UIDNEXT 21 UIDVALIDITY 6)
> a & "b": opened 6/20
> a & "b": synced
S: a4 OK done
S: + idling
? method notify Entwürfe
? method notify a & "b"
? look 15m
S: * STATUS {9}
S- Entwürfe (MESSAGES 4 UIDNEXT 12)\r\n
C: DONE
C| a6 EXAMINE "Entw&APw-rfe"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
