# Above the greatest UID there is none: not "4294967296:*".
= known 7/4294967295
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 4294967295:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
> opened 7/4294967295
S: a3 OK done
> synced
S: + idling
? 15m
