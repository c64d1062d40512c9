< notify-open.inc
# The server sends headers by itself: news without a round trip.  News of a side
# bring a visit; what comes to home meanwhile is caught up with.
? method notify
? method notify Work
? why
? look 15m
S: * 11 EXISTS
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Pushed
L: 
S: )
> news 41 500 () Subject: Pushed| |
> synced
# Two at once, and a flag.
S: * 13 EXISTS
S: * 3 FETCH (UID 33 FLAGS (\Seen))
> flags 33 (\Seen)
S: * 12 FETCH (UID 42 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Second
L: 
S: )
> news 42 500 () Subject: Second| |
S: * 13 FETCH (UID 44 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Third
L: 
S: )
> news 44 500 () Subject: Third| |
> synced
S: * STATUS Work (MESSAGES 4 UIDNEXT 12 UNSEEN 1)
C: DONE
C| a6 EXAMINE "Work"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
# Of home, while we leave.
S: * 14 EXISTS
S: a5 OK done
S: * 4 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: a6 OK done
S: * 4 FETCH (UID 11 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: To work
L: 
S: )
> Work: news 11 500 () Subject: To work| |
S: a7 OK done
> Work: synced
C: a8 EXAMINE "INBOX"
C| a9 UID FETCH 45:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a10 IDLE
S: * 14 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 46] .
S: a8 OK done
S: * 14 FETCH (UID 45 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Meanwhile
L: 
S: )
> news 45 500 () Subject: Meanwhile| |
S: a9 OK done
> synced
S: + idling
# What it says of a side that was seen already, of home, and of strangers.
S: * STATUS Work (MESSAGES 4 UIDNEXT 12 UNSEEN 1)
S: * STATUS INBOX (MESSAGES 99 UIDNEXT 999)
S: * STATUS Nobody (MESSAGES 4 UIDNEXT 99)
S: * STATUS Work (UNSEEN 1)
S: * STATUS "Lists/a b" (UNSEEN 7)
? look 15m
# The refresh looks at all of them.
+ 15m
C: DONE
C| a11 NOOP
C| a12 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN))
C| a13 IDLE
S: a10 OK done
S: a11 OK done
S: * STATUS Work (MESSAGES 4 UIDNEXT 12 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a12 OK done
S: + idling
? look 15m
