# Nothing was ever reported, so there is no anchor.
= known 7/0
= anchor
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 1] .
S: a2 OK done
> opened 7/0
S: a3 OK done
> synced
S: + idling
? 15m
