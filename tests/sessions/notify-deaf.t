< notify-open.inc
# NOTIFY did not tell of news that the refresh finds: from then on the sides
# are looked at as without it, until it tells of that one.
+ 15m
C: DONE
C| a6 NOOP
C| a7 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a8 IDLE
S: a5 OK done
S: a6 OK done
S: * STATUS Work (MESSAGES 4 UIDNEXT 12 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a7 OK done
S: + idling
C: DONE
C| a9 EXAMINE "Work"
C| a10 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a8 OK done
S: * 4 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: a9 OK done
S: * 4 FETCH (UID 11 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Silent
L: 
S: )
> Work: news 11 500 () Subject: Silent| |
S: a10 OK done
> Work: synced
C: a11 EXAMINE "INBOX"
C| a12 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a13 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a11 OK done
S: a12 OK done
> synced
S: + idling
? method status Work
? method notify Lists/a b
? look 5m
S: * STATUS Work (MESSAGES 4 UIDNEXT 12)
? method notify Work
? look 15m
