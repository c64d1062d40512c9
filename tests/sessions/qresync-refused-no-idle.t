# The same of a server that refuses IDLE, too, without a mailbox.
< qresync.inc
S: * ENABLED QRESYNC
S: a2 OK done
S: a3 BAD what is QRESYNC
> fault 8: EXAMINE with QRESYNC: what is QRESYNC
S: a4 BAD no mailbox
S: a5 BAD no mailbox
C: a6 EXAMINE "INBOX"
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a6 OK [READ-ONLY] done
> opened 7/40
S: a7 OK done
> synced
S: + idling
