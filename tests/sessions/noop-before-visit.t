# A refresh was asked for while another command was under way, and then there is
# a side to visit: what NOOP brings to light is of home still.
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
! refresh
S: * STATUS "Work" (MESSAGES 3 UIDNEXT 12 UIDVALIDITY 5)
S: a5 OK done
S: + idling
C: DONE
C| a7 NOOP
C| a8 EXAMINE "Work" (QRESYNC (5 30 1:10))
C| a9 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a6 OK done
S: * VANISHED 3
> gone 3
S: * 9 FETCH (UID 40 FLAGS (\Seen) MODSEQ (70))
> flags 40 (\Seen)
S: a7 OK done
S: * OK [CLOSED] .
S: * 3 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: * OK [HIGHESTMODSEQ 33] .
S: a8 OK done
> Work: opened 5/10
S: a9 OK done
> Work: synced @33
C: a10 EXAMINE "INBOX" (QRESYNC (7 70 1:40))
C| a11 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a12 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a13 IDLE
