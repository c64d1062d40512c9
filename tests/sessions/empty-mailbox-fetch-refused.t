# Some servers do not like "*" in an empty mailbox.
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
> opened 7/40
S: a3 BAD Invalid messageset
> synced
S: + idling
