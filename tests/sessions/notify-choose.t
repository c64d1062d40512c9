# A mailbox comes: the owner chooses anew, and NOTIFY is for the new set.
= notify
= choose
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NOTIFY LIST-EXTENDED LIST-STATUS] in
C: a2 LIST "" "*"
S: * LIST () "/" INBOX
S: * LIST () "/" Work
S: a2 OK done
> listed INBOX ()
> listed Work ()
> choose
! choose INBOX 7/40|Work 5/10
C: a3 EXAMINE "INBOX"
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a5 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (mailboxes ("INBOX" "Work") (MessageNew MessageExpunge FlagChange)) (personal (MailboxName))
C| a6 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a3 OK done
> opened 7/40
S: a4 OK done
> synced
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
> Work: opened 5/10
> Work: synced
S: a5 OK done
S: + idling
S: * LIST () "/" New
S: * LIST (\NonExistent) "/" Old
? 10s
+ 10s
C: DONE
C| a7 LIST "" "*"
S: a6 OK done
S: * LIST () "/" INBOX
S: * LIST () "/" Work
S: * LIST () "/" New
S: a7 OK done
> listed INBOX ()
> listed Work ()
> listed New ()
> choose
C: a8 IDLE
! choose INBOX|New
S: + idling
C: DONE
C| a9 NOTIFY NONE
C| a10 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (mailboxes ("INBOX" "New") (MessageNew MessageExpunge FlagChange)) (personal (MailboxName))
C| a11 IDLE
S: a8 OK done
S: a9 OK done
S: * STATUS New (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 9)
> New: opened 9/0 reset
> New: synced
S: a10 OK done
S: + idling
? method notify New
? method none Work
# And nothing is left.
! choose
S: a11 OK done
? method none
