# EXISTS grows, FETCH shows nothing yet (quirk 32): once more in 5 s, and only
# once.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 FLAGS () RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
S: a5 OK done
> synced
S: + idling
? 5s
+ 5s
C: DONE
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a6 OK done
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a7 OK done
> synced
S: + idling
? 15m
