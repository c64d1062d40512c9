# Renumbered without a word (quirk 36): found all the same.
= known 7/40
= since 20-Nov-2026
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 3 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 4] .
S: a2 OK done
S: a3 OK done
S: + idling
C: DONE
C| a5 UID SEARCH SINCE 20-Nov-2026
C| a6 IDLE
S: a4 OK done
S: * SEARCH 3
S: a5 OK done
> opened 7/2 reset
S: + idling
C: DONE
C| a7 UID FETCH 3:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a6 OK done
S: * 3 FETCH (UID 3 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 3 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a7 OK done
> synced
S: + idling
