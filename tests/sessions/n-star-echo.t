# "41:*" returns message 40, as it must (quirk 33): no news.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 40 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
S: a5 OK done
> synced
S: + idling
