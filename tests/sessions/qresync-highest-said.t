# What the server says of the whole mailbox counts, though it told of higher
# ones: something below is still to come (RFC 7162 section 6).
< qresync.inc
S: * ENABLED QRESYNC
S: a2 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 50] .
S: a3 OK [READ-ONLY] done
> opened 7/40
S: a4 OK done
> synced @50
S: + idling
S: * 10 FETCH (UID 40 FLAGS (\Flagged) MODSEQ (80))
> flags 40 (\Flagged)
S: * OK [HIGHESTMODSEQ 79] .
S: * 11 EXISTS
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
S: a5 OK done
S: * 10 FETCH (UID 40 MODSEQ (9223372036854775808) FLAGS ())
> flags 40 ()
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 41 90 () 
S: a6 OK done
> synced @79
S: + idling
