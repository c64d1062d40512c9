< notify-open.inc
# The server gives it up (RFC 5465 5.8), and with it all that it told: first
# less is tried, then IDLE alone, which has to be asked for again.
S: * OK [NOTIFICATIONOVERFLOW] too much to tell
> fault 2: the server gave up NOTIFY with header fields
C: DONE
C| a6 NOOP
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 NOTIFY NONE
C| a9 NOTIFY SET STATUS (selected (MessageNew MessageExpunge FlagChange)) (mailboxes ("INBOX" "Work" "Lists/a b") (MessageNew MessageExpunge FlagChange))
C| a10 IDLE
S: a5 OK done
S: a6 OK done
S: a7 OK done
> synced
S: a8 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a9 OK done
S: + idling
? method notify
S: * 11 EXISTS
C: DONE
C| a11 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a12 IDLE
S: a10 OK done
S: a11 OK done
> synced
S: + idling
S: * OK [NOTIFICATIONOVERFLOW] still too much
> fault 1: the server gave up NOTIFY
C: DONE
C| a13 NOOP
C| a14 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a15 NOTIFY SET (selected (MessageNew MessageExpunge FlagChange))
C| a16 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a17 IDLE
S: a12 OK done
S: a13 OK done
S: a14 OK done
> synced
S: a15 OK done
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a16 OK done
S: + idling
? method idle
? method status Work
? look 5m
