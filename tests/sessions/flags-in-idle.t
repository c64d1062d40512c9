# Flag changes, with and without UID, are no news.
< idling.inc
S: * 3 FETCH (FLAGS (\Flagged))
S: * 10 FETCH (UID 40 FLAGS (\Seen))
> flags 40 (\Seen)
S: * 0 FETCH (FLAGS ())
S: * 11 FETCH (UID 41 FLAGS (\Seen))
? 15m
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
