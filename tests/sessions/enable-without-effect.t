# ENABLE is answered by OK, and nothing is enabled (RFC 5161).
= known 7/40
< login-qresync.inc
C: a2 ENABLE QRESYNC
C| a3 EXAMINE "INBOX"
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a5 IDLE
S: * ENABLED
S: a2 OK nothing
> fault 8: ENABLE QRESYNC: nothing
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a3 OK done
> opened 7/40
S: a4 OK done
> synced
S: + idling
