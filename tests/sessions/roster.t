# Without QRESYNC messages go by their numbers, which move: those that were
# told are known by UID all the same.
< idling.inc
S: * 12 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 41 90 () 
S: * 12 FETCH (UID 43 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 43 90 () 
S: * 11 FETCH (FLAGS (\Seen))
> flags 41 (\Seen)
S: a5 OK done
> synced
S: + idling
S: * 3 EXPUNGE
S: * 11 FETCH (FLAGS (\Seen \Answered))
> flags 43 (\Seen \Answered)
S: * 10 EXPUNGE
> gone 41
S: * 10 FETCH (FLAGS (\Deleted))
> flags 43 (\Deleted)
S: * 10 EXPUNGE
> gone 43
# Never told, never heard of.
S: * 2 FETCH (FLAGS (\Seen))
S: * 2 EXPUNGE
S: * 8 EXISTS
? 15m
