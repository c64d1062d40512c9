# What could not be read is asked for again; a message that is pushed before
# that must not hide it.
= notify
= known 7/40
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NOTIFY] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 NOTIFY SET (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange))
C| a5 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: a4 OK done
S: + idling
! refresh
C: DONE
C| a6 NOOP
C| a7 IDLE
S: a5 OK done
S: * 11 EXISTS
S: a6 OK done
S: + idling
+ 1s
C: DONE
C| a8 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a9 IDLE
S: a7 OK done
S: * 11 FETCH (UID 41 FLAGS ( RFC822.SIZE 500
S: a8 OK done
S: * 12 EXISTS
S: * 12 FETCH (UID 42 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: Pushed")
S: + idling
C: DONE
C| a10 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]<0.65536>)
C| a11 IDLE
S: a9 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)]<0> "Subject: Again")
> news 41 500 () Subject: Again
S: * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)]<0> "Subject: Pushed")
> news 42 500 () Subject: Pushed
S: a10 OK done
> synced
S: + idling
? 15m
