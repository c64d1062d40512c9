# NO to IDLE: polling from then on (quirk 3).
< open.inc
S: a3 OK done
> synced
S: a4 NO not for you
C: a5 NOOP
S: a5 OK done
? 5m
+ 5m
C: a6 NOOP
S: * 11 EXISTS
S: a6 OK done
C: a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a7 OK done
> synced
? 5m
