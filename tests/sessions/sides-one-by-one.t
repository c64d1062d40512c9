# Without LIST-STATUS each is asked for, eight commands at a time.  Both came
# in sight for the first time: STATUS says all there is to know.
= known 7/40
= side Work
= side Entwürfe
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a5 STATUS "Entw&APw-rfe" (MESSAGES UIDNEXT UIDVALIDITY)
C| a6 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
> Work: opened 5/10 reset
> Work: synced
S: a4 OK done
S: * STATUS "Entw&APw-rfe" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 6)
> Entwürfe: opened 6/0 reset
> Entwürfe: synced
S: a5 OK done
S: + idling
? look 5m
