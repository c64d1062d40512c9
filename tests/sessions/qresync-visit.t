# Home is left for a side and opened again: what happened to its messages
# meanwhile is asked for, too, and a download that waits is asked for with it.
= known 7/40
= side Work
= known 5/10
= modseq 30
< login-qresync.inc
C: a2 ENABLE QRESYNC
C| a3 EXAMINE "INBOX"
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a5 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a6 IDLE
S: * ENABLED QRESYNC
S: a2 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 65] .
S: a3 OK done
> opened 7/40
S: a4 OK done
> synced @65
S: * STATUS "Work" (MESSAGES 3 UIDNEXT 12 UIDVALIDITY 5)
S: a5 OK done
S: + idling
C: DONE
C| a7 EXAMINE "Work" (QRESYNC (5 30 1:10))
C| a8 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
# Of home, still.
S: * VANISHED 3
> gone 3
S: a6 OK done
S: * OK [CLOSED] .
S: * 3 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: * OK [HIGHESTMODSEQ 33] .
S: * VANISHED (EARLIER) 4
S: a7 OK done
> Work: opened 5/10
> Work: gone 4
S: * 3 FETCH (UID 11 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> Work: news 11 90 () 
! body 40
S: a8 OK done
> Work: synced @33
C: a9 EXAMINE "INBOX" (QRESYNC (7 65 1:40))
C| a10 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a11 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a12 IDLE
S: * OK [CLOSED] .
S: * 9 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 70] .
S: * VANISHED (EARLIER) 3
S: * 9 FETCH (UID 40 FLAGS (\Seen) MODSEQ (70))
S: a9 OK done
> gone 3
> flags 40 (\Seen)
S: a10 OK done
> synced @70
S: * 9 FETCH (UID 40 BODY[]<0> "Hello")
> piece 40 @0 5
S: a11 OK done
> body 40 ok
S: + idling
