< notify-open.inc
# A side that is deleted while it is open (RFC 5530 NONEXISTENT).
S: * STATUS Work (MESSAGES 4 UIDNEXT 12)
C: DONE
C| a6 EXAMINE "Work"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a5 OK done
S: * 4 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: a6 OK done
S: * NO [NONEXISTENT] it is gone
> Work: failed closed: the mailbox was deleted or closed: it is gone
S: a7 NO what mailbox
C: a8 EXAMINE "INBOX"
C| a9 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a10 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a8 OK done
S: a9 OK done
> synced
S: + idling
? method none Work
