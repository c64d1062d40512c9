# ... and where it does not come the mark is the last UID.
= known 7/40
= since 20-Nov-2026
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 8] .
S: a2 OK done
S: a3 OK done
S: + idling
C: DONE
C| a5 UID FETCH * (UID)
C| a6 UID SEARCH SINCE 20-Nov-2026
C| a7 IDLE
S: a4 OK done
S: * 10 FETCH (UID 90)
S: a5 OK done
+ 3m
> opened 8/90 reset
> end timeout: the server does not answer UID SEARCH
