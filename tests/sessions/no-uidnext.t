# Courier does not tell UIDNEXT: ask for the last UID.
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
S: + idling
C: DONE
C| a4 UID FETCH * (UID)
C| a5 IDLE
S: a3 OK done
S: * 10 FETCH (UID 40)
S: a4 OK done
> opened 7/40 reset
> synced
S: + idling
S: * 11 EXISTS
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
