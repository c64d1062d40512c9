< notify-open.inc
# EXISTS, but the header does not follow: after a second we ask for it.  The
# third time in a row the server is not believed any more.
S: * 11 EXISTS
? 1s
+ 1s
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
S: a5 OK done
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: One
L: 
S: )
> news 41 500 () Subject: One| |
S: a6 OK done
> synced
S: + idling
S: * 12 EXISTS
+ 1s
C: DONE
C| a8 UID FETCH 42:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a9 IDLE
S: a7 OK done
S: * 12 FETCH (UID 42 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Two
L: 
S: )
> news 42 500 () Subject: Two| |
S: a8 OK done
> synced
S: + idling
# An announcement that is taken back is none.
S: * 13 EXISTS
S: * 13 EXPUNGE
+ 1s
? look 897s
S: * 13 EXISTS
+ 1s
> fault 2: the server accepts NOTIFY and does not serve it with header fields
C: DONE
C| a10 UID FETCH 43:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a11 NOTIFY NONE
C| a12 NOTIFY SET STATUS (selected (MessageNew MessageExpunge FlagChange)) (mailboxes ("INBOX" "Work" "Lists/a b") (MessageNew MessageExpunge FlagChange))
C| a13 IDLE
S: a9 OK done
S: * 13 FETCH (UID 43 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Three
L: 
S: )
> news 43 500 () Subject: Three| |
S: a10 OK done
> synced
S: a11 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a12 OK done
S: + idling
S: * 14 EXISTS
C: DONE
C| a14 UID FETCH 44:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a15 IDLE
