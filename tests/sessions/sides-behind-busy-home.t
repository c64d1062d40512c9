# News of home begin another IDLE each time, but do not put off the look at the
# sides.
< sides.inc
+ 4m
S: * 11 EXISTS
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
S: a5 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "One")
> news 41 500 () One
S: a6 OK done
> synced
S: + idling
? look 1m
+ 1m
C: DONE
C| a8 NOOP
C| a9 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a10 IDLE
S: a7 OK done
S: a8 OK done
# The next one is due so long after the answer.
+ 50s
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a9 OK done
S: + idling
? look 5m
