# Only one mailbox is chosen: NOTIFY tells when others come, so nothing has to
# be asked for before the refresh.
= notify
= choose
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NOTIFY] in
C: a2 LIST "" "*"
S: * LIST () "/" INBOX
S: a2 OK done
> listed INBOX ()
> choose
! choose INBOX 7/40
C: a3 EXAMINE "INBOX"
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a5 NOTIFY SET (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (personal (MailboxName))
C| a6 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a3 OK done
> opened 7/40
S: a4 OK done
> synced
S: a5 OK done
S: + idling
? look 15m
