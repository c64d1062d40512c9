# UIDNEXT below what was reported: the server counts anew without a word
# (quirk 36).  Only what comes from now on is news.
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 3 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 4] .
S: a2 OK done
> opened 7/3 reset
S: a3 OK done
> synced
S: + idling
S: * 4 EXISTS
C: DONE
C| a5 UID FETCH 4:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 4 FETCH (UID 4 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 4 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a5 OK done
> synced
S: + idling
