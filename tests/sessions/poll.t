# No IDLE: NOOP every five minutes.
< polling.inc
? 5m
+ 5m
C: a4 NOOP
S: a4 OK nothing
? 5m
+ 5m
C: a5 NOOP
S: * 12 EXISTS
S: a5 OK done
C: a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: One
L: 
S: )
S: * 12 FETCH (UID 42 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Two
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: One| |
> news 42 500 (\Recent) From: boss@example.org| Subject: Two| |
S: a6 OK done
> synced
? 5m
