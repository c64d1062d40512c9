# Without IDLE the search comes by itself.
= no-idle
= known 7/40
= since 20-Nov-2026
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 10 EXISTS
S: * OK [UIDVALIDITY 8] .
S: * OK [UIDNEXT 91] .
S: a2 OK done
S: a3 OK done
C: a4 UID SEARCH SINCE 20-Nov-2026
S: * SEARCH 90
S: a4 OK done
> opened 8/89 reset
C: a5 UID FETCH 90:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 10 FETCH (UID 90 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 90 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a5 OK done
> synced
? look 5m
? idling 0ms
