# The same EXISTS again, without new mail (quirk 29): we look once, and believe
# it until the next refresh.
< idling.inc
S: * 10 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: a5 OK done
> synced
S: + idling
S: * 10 EXISTS
S: * 0 RECENT
S: * 10 EXISTS
? 15m
+ 15m
C: DONE
C| a7 NOOP
C| a8 IDLE
S: a6 OK done
S: * 10 EXISTS
S: a7 OK done
S: + idling
? 15m
S: * 10 EXISTS
C: DONE
C| a9 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a10 IDLE
