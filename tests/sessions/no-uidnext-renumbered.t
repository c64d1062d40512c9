= known 6/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
S: * 10 FETCH (UID 90 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
S: a3 OK done
S: + idling
C: DONE
C| a5 UID FETCH * (UID)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 90)
S: a5 OK done
> opened 7/90 reset
> synced
S: + idling
