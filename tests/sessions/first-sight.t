# Nothing that was there before the first start is news.
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40 reset
> synced
S: + idling
S: * 11 EXISTS
C: DONE
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a5 IDLE
S: a3 OK done
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a4 OK done
> synced
S: + idling
