# Nothing is there, so nothing is asked.
= known 7/40
= since 20-Nov-2026
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 0 EXISTS
S: * OK [UIDVALIDITY 8] .
S: * OK [UIDNEXT 1] .
S: a2 OK done
> opened 8/0 reset
S: a3 OK done
> synced
S: + idling
? 15m
