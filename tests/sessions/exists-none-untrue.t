# ... all are still there, and so is the one that came meanwhile.
< idling.inc
S: * 0 EXISTS
C: DONE
C| a5 EXAMINE "INBOX"
C| a6 IDLE
S: a4 OK done
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a5 OK done
S: + idling
C: DONE
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a6 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: Hi")
> news 41 90 () Subject: Hi
S: a7 OK done
> synced
S: + idling
? 15m
