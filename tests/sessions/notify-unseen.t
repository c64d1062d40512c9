# A message is announced, but neither pushed nor shown yet (quirk 32).  The next
# one is pushed: it must not stand for both.
< notify-open.inc
S: * 11 EXISTS
+ 1s
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
S: a5 OK done
S: a6 OK done
> synced
S: + idling
S: * 12 EXISTS
S: * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Two")
C: DONE
C| a8 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a9 IDLE
S: a7 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "One")
> news 41 500 () One
S: * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Two")
> news 42 500 () Two
S: a8 OK done
> synced
S: + idling
# From here on what is pushed counts again.
S: * 13 EXISTS
S: * 13 FETCH (UID 43 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Three")
> news 43 500 () Three
> synced
