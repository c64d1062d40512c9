# Nothing since then; what comes while we ask is told.
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
S: * SEARCH
S: * 11 EXISTS
S: a5 OK done
> opened 8/90 reset
S: + idling
C: DONE
C| a7 UID FETCH 91:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a6 OK done
S: * 11 FETCH (UID 91 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 91 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a7 OK done
> synced
S: + idling
? 15m
