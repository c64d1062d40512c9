# ENABLE is offered and refused: the EXAMINE that counts on it, too.
< qresync.inc
S: a2 BAD what is ENABLE
> fault 8: ENABLE QRESYNC: what is ENABLE
S: a3 BAD QRESYNC not enabled
S: a4 BAD no mailbox
S: + idling
C: DONE
C| a6 EXAMINE "INBOX"
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a5 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a6 OK [READ-ONLY] done
> opened 7/40
S: a7 OK done
> synced
S: + idling
