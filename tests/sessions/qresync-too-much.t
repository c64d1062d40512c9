# A server that tells of messages it was not asked about: new ones come as
# news, once, with their header.
< qresync.inc
S: * ENABLED QRESYNC
S: a2 OK done
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: * OK [HIGHESTMODSEQ 65] .
S: * 11 FETCH (UID 41 FLAGS () MODSEQ (64))
S: a3 OK [READ-ONLY] done
> opened 7/40
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 41 90 () 
S: a4 OK done
> synced @65
S: + idling
