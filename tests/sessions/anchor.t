# The last message that was reported comes along, before what is new.
= known 7/40
= anchor
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 40:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a2 OK done
> opened 7/40
S: * 10 FETCH (UID 40 FLAGS (\Seen) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Old
L: 
S: )
> anchor 40 500 (\Seen) From: boss@example.org| Subject: Old| |
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a3 OK done
> synced
S: + idling
? 15m
S: * 12 EXISTS
C: DONE
C| a5 UID FETCH 42:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 12 FETCH (UID 42 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Two
L: 
S: )
> news 42 500 (\Recent) From: boss@example.org| Subject: Two| |
S: a5 OK done
> synced
S: + idling
