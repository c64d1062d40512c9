# ... and UIDNEXT, as said when it was opened, has been passed since.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: Hi")
> news 41 90 () Subject: Hi
S: a5 OK done
> synced
S: + idling
S: * 0 EXISTS
C: DONE
C| a7 EXAMINE "INBOX"
C| a8 IDLE
S: a6 OK done
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a7 OK done
S: + idling
? 15m
