# Some tell between commands: ask at once.
< polling.inc
S: * 11 EXISTS
C: a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a4 OK done
> synced
? 5m
