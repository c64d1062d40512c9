# A server that has no use for the parameter: once more without, in the same
# connection, and never again.
< qresync.inc
S: * ENABLED QRESYNC
S: a2 OK done
S: a3 BAD what is QRESYNC
> fault 8: EXAMINE with QRESYNC: what is QRESYNC
S: a4 BAD no mailbox
S: + idling
C: DONE
C| a6 EXAMINE "INBOX"
C| a7 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 IDLE
S: a5 OK done
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a6 OK [READ-ONLY] done
> opened 7/40
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 41 90 () 
S: a7 OK done
> synced
S: + idling
? 15m
