# A side that cannot be opened for now: what happened there meanwhile is asked
# for from where we were, once it can.
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
S: a3 OK done
> opened 7/40
S: a4 OK done
> synced
S: * STATUS "Work" (MESSAGES 3 UIDNEXT 12 UIDVALIDITY 5)
S: a5 OK done
S: + idling
C: DONE
C| a7 EXAMINE "Work" (QRESYNC (5 30 1:10))
C| a8 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a6 OK done
S: a7 NO [UNAVAILABLE] the disk is away
> Work: failed unavailable: the mailbox cannot be opened: the disk is away
S: a8 BAD no mailbox
C: a9 EXAMINE "INBOX"
C| a10 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a11 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a9 OK done
S: a10 OK done
> synced
S: + idling
+ 5m
C: DONE
C| a12 NOOP
C| a13 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a14 IDLE
S: a11 OK done
S: a12 OK done
S: * STATUS "Work" (MESSAGES 3 UIDNEXT 12 UIDVALIDITY 5)
S: a13 OK done
S: + idling
C: DONE
C| a15 EXAMINE "Work" (QRESYNC (5 30 1:10))
C| a16 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
