# Others delete while we catch up: numbers move, UIDs do not.
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 12 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 43] .
S: a2 OK done
> opened 7/40
S: * 3 EXPUNGE
S: * 10 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: One
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: One| |
S: * 10 EXPUNGE
> gone 41
S: * 10 FETCH (UID 42 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Two
L: 
S: )
> news 42 500 (\Recent) From: boss@example.org| Subject: Two| |
S: * 11 EXISTS
S: a3 OK done
S: + idling
C: DONE
C| a5 UID FETCH 43:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 43 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Three
L: 
S: )
> news 43 500 (\Recent) From: boss@example.org| Subject: Three| |
S: a5 OK done
> synced
S: + idling
