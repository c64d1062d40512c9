# UIDNEXT 0 (quirk 35) says nothing: what is known holds.
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 0] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: + idling
? 15m
