# All gone at once: perhaps it is another mailbox by now.  It is not; and we
# believe that until the next refresh.
< idling.inc
S: * 0 EXISTS
C: DONE
C| a5 EXAMINE "INBOX"
C| a6 IDLE
S: a4 OK done
S: * OK [CLOSED] Previous mailbox closed.
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a5 OK [READ-ONLY] done
S: + idling
S: * 0 EXISTS
? 15m
S: * 1 EXISTS
C: DONE
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a6 OK done
S: a7 OK done
> synced
S: + idling
S: * 0 EXISTS
? 5s
