< notify-open.inc
# News of another side during a visit, told by NOTIFY: the next visit.  News of
# home at that time bring us back first.
S: * STATUS Work (MESSAGES 4 UIDNEXT 12)
C: DONE
C| a6 EXAMINE "Work"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a5 OK done
S: * 4 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: a6 OK done
S: * STATUS "Lists/a b" (MESSAGES 5 UIDNEXT 22)
S: * 4 FETCH (UID 11 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: To work
L: 
S: )
> Work: news 11 500 () Subject: To work| |
S: a7 OK done
> Work: synced
C: a8 EXAMINE "Lists/a b"
C| a9 UID FETCH 21:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 5 EXISTS
S: * OK [UIDVALIDITY 6] .
S: * OK [UIDNEXT 22] .
S: a8 OK done
S: * STATUS INBOX (MESSAGES 11 UIDNEXT 42)
S: * 5 FETCH (UID 21 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: To the list
L: 
S: )
> Lists/a b: news 21 500 () Subject: To the list| |
S: a9 OK done
> Lists/a b: synced
C: a10 EXAMINE "INBOX"
C| a11 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a12 IDLE
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a10 OK done
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Home
L: 
S: )
> news 41 500 () Subject: Home| |
S: a11 OK done
> synced
S: + idling
