# Home is not there: the next mailbox takes its place, and gives it back.
= side Work
= known 5/10
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE] in
C: a2 EXAMINE "INBOX"
C| a3 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a4 IDLE
S: a2 NO no such mailbox
> failed mailbox: the mailbox cannot be opened: no such mailbox
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
> Work: opened 5/10
> Work: synced
S: a3 OK done
S: a4 BAD open a mailbox first
C: a5 EXAMINE "Work"
C| a6 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
S: * 3 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 11] .
S: a5 OK done
S: a6 OK done
> Work: synced
S: + idling
? method idle Work
? method none
+ 5m
C: DONE
C| a8 NOOP
C| a9 STATUS "INBOX" (MESSAGES UIDNEXT UIDVALIDITY)
C| a10 IDLE
S: a7 OK done
S: a8 OK done
S: * STATUS INBOX (MESSAGES 10 UIDNEXT 41 UIDVALIDITY 7)
> opened 7/40 reset
> synced
S: a9 OK done
S: + idling
C: DONE
C| a11 EXAMINE "INBOX"
C| a12 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a13 IDLE
S: a10 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a11 OK done
S: a12 OK done
> synced
S: + idling
? method idle
? method status Work
