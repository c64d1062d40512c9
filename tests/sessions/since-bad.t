# What a refused search says does not count.
= known 7/40
= since 20-Nov-2026
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 8] .
S: * OK [UIDNEXT 91] .
S: a2 OK done
S: a3 OK done
S: + idling
C: DONE
C| a5 UID SEARCH SINCE 20-Nov-2026
C| a6 IDLE
S: a4 OK done
S: * SEARCH 1
S: a5 BAD what
> opened 8/90 reset
> synced
S: + idling
? 15m
