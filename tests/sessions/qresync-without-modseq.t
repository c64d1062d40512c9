# Known, but not at which mod-sequence: it is told from now on.
= known 7/40
< login-qresync.inc
C: a2 ENABLE QRESYNC
C| a3 EXAMINE "INBOX"
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a5 IDLE
S: * ENABLED CONDSTORE QRESYNC
S: a2 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 65] .
S: a3 OK [READ-ONLY] done
> opened 7/40
S: a4 OK done
> synced @65
S: + idling
