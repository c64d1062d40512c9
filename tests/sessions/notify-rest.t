< notify-open.inc
# Home and one side rest: what is left becomes home, and the server is to tell
# of nothing else.
! choose Work
C: DONE
C| a6 EXAMINE "Work"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 NOTIFY NONE
C| a9 NOTIFY SET (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange))
C| a10 IDLE
# What was on its way is not told.
S: * 11 EXISTS
S: * STATUS "Lists/a b" (MESSAGES 5 UIDNEXT 22 UIDVALIDITY 6)
S: a5 OK done
S: * 3 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 11] .
S: a6 OK done
S: a7 OK done
> synced
S: a8 OK done
S: a9 OK done
S: + idling
? method notify
? method none INBOX
? method none Lists/a b
# All of it again, each from where it was left.
! choose INBOX 7/40|Work|Lists/a b 6/20
C: DONE
C| a11 EXAMINE "INBOX"
C| a12 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a13 NOTIFY NONE
C| a14 NOTIFY SET STATUS (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]) MessageExpunge FlagChange)) (mailboxes ("INBOX" "Work" "Lists/a b") (MessageNew MessageExpunge FlagChange))
C| a15 IDLE
S: a10 OK done
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a11 OK done
> opened 7/40
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a12 OK done
> synced
S: a13 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
> Lists/a b: opened 6/20
> Lists/a b: synced
S: a14 OK done
S: + idling
? method notify
? method notify Work
