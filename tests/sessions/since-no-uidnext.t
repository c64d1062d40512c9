# Without UIDNEXT (quirks 25, 35) the last UID is asked for first.
= known 7/40
= since 20-Nov-2026
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 8] .
S: a2 OK done
S: a3 OK done
S: + idling
C: DONE
C| a5 UID FETCH * (UID)
C| a6 UID SEARCH SINCE 20-Nov-2026
C| a7 IDLE
S: a4 OK done
S: * 10 FETCH (UID 90)
S: a5 OK done
S: * SEARCH 70 90
S: a6 OK done
> opened 8/69 reset
S: + idling
C: DONE
C| a8 UID FETCH 70:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a9 IDLE
S: a7 OK done
S: * 10 FETCH (UID 90 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Two
L: 
S: )
> news 90 500 (\Recent) From: boss@example.org| Subject: Two| |
S: a8 OK done
> synced
S: + idling
? 15m
