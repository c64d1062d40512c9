# Fewer without an EXPUNGE (quirk 29): which ones went is unknown, and no
# message is named by the number of another.
< idling.inc
S: * 9 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: a5 OK done
> synced
S: + idling
S: * 9 FETCH (FLAGS (\Seen))
S: * 9 EXPUNGE
? 15m
