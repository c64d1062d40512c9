# News during a download, and two downloads in a row.
< idling.inc
! body 39
C: DONE
C| a5 UID FETCH 39 (UID BODY.PEEK[]<0.131072>)
C| a6 IDLE
! body 40
S: a4 OK done
S: * 11 EXISTS
S: * 9 FETCH (UID 39 BODY[]<0> "one")
> piece 39 @0 3
S: a5 OK done
> body 39 ok
S: + idling
C: DONE
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a9 IDLE
S: a6 OK done
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a7 OK done
> synced
S: * 10 FETCH (UID 40 BODY[]<0> ~{$}
L- two
S: )
> piece 40 @0 3
S: a8 OK done
> body 40 ok
S: + idling
