# Sides that are visited all the time do not put off the refresh, which finds
# what NOTIFY did not tell.
< notify-open.inc
+ 10m
S: * STATUS Work (MESSAGES 4 UIDNEXT 12)
C: DONE
C| a6 EXAMINE "Work"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a5 OK done
S: * 4 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: a6 OK done
S: * 4 FETCH (UID 11 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "One")
> Work: news 11 500 () One
S: a7 OK done
> Work: synced
C: a8 EXAMINE "INBOX"
C| a9 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a10 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a8 OK done
S: a9 OK done
> synced
S: + idling
? look 5m
+ 5m
C: DONE
C| a11 NOOP
C| a12 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN))
C| a13 IDLE
