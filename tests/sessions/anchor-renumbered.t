# With the numbers the anchor is void.
= known 7/40
= anchor
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 40:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 8] .
S: * OK [UIDNEXT 91] .
S: a2 OK done
> opened 8/90 reset
S: * 10 FETCH (UID 40 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Other
L: 
S: )
S: a3 OK done
> synced
S: + idling
? 15m
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 91:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 91 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 91 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a5 OK done
> synced
S: + idling
