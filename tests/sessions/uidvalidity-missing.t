# Servers without UIDVALIDITY (quirk 35): as if it were always 1.
= known 1/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 11 EXISTS
S: a2 OK done
> opened 1/40
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a3 OK done
> synced
S: + idling
