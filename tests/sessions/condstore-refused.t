# Offered and refused: once more without.
< condstore.inc
S: a2 BAD what is CONDSTORE
> fault 8: EXAMINE with CONDSTORE: what is CONDSTORE
S: a3 BAD no mailbox
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
S: * OK [HIGHESTMODSEQ 65] .
S: a6 OK done
> opened 7/40
S: a7 OK done
> synced @65
S: + idling
