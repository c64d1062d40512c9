# A broken answer must not hide its message: with a part
# of the header, then with none of it.
< idling.inc
S: * 12 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS ( RFC822.SIZE 500
S: * 12 FETCH (UID 42 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 42 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a5 OK done
S: + idling
C: DONE
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]<0.65536>)
C| a8 IDLE
S: a6 OK done
S: * 11 FETCH (UID 41 FLAGS ( RFC822.SIZE 500
S: a7 OK done
S: + idling
C: DONE
C| a9 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE)
C| a10 IDLE
S: a8 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500)
> news 41 500 () 
S: * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 500)
S: a9 OK done
> synced
S: + idling
? 15m
