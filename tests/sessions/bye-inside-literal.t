# "* BYE" in a message ends no session.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: x
L: * BYE see you
L: a5 NO no
L: 
S: )
> news 41 500 () Subject: x| * BYE see you| a5 NO no| |
S: a5 OK done
> synced
S: + idling
