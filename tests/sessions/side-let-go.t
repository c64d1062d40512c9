< notify-open.inc
# A side that is let go while it is open: its download ends, and nothing is
# told of it any more.
! body Work: 9 300000
C: DONE
C| a6 EXAMINE "Work"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 UID FETCH 9 (UID BODY.PEEK[]<0.131072>)
S: a5 OK done
S: * 3 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 11] .
S: a6 OK done
S: a7 OK done
> Work: synced
! choose INBOX|Lists/a b
> Work: body 9 failed: its mailbox is not watched any more
S: * 2 FETCH (UID 9 BODY[]<0> "hello")
S: * 3 FETCH (UID 10 FLAGS (\Seen))
S: a8 OK done
C: a9 EXAMINE "INBOX"
C| a10 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a11 NOTIFY NONE
C| a12 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (mailboxes ("INBOX" "Lists/a b") (MessageNew MessageExpunge FlagChange))
C| a13 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a9 OK done
S: a10 OK done
> synced
S: a11 OK done
S: * STATUS Work (MESSAGES 9 UIDNEXT 99 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a12 OK done
S: + idling
? method none Work
# Another one becomes home.
! choose Lists/a b|INBOX
C: DONE
C| a14 EXAMINE "Lists/a b"
C| a15 UID FETCH 21:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a16 IDLE
S: a13 OK done
S: * 4 EXISTS
S: * OK [UIDVALIDITY 6] .
S: * OK [UIDNEXT 21] .
S: a14 OK done
S: a15 OK done
> synced
S: + idling
? method notify
? method notify INBOX
