# A second message while the first one is being asked for.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: * 12 EXISTS
S: a4 OK done
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
S: a5 OK done
> synced
S: + idling
? 15m
