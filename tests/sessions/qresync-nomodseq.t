# A mailbox that keeps none any more; and mod-sequences that are none (quirks
# 14 and 28).
< qresync.inc
S: * ENABLED QRESYNC
S: a2 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 0] .
S: * OK [HIGHESTMODSEQ -1]
S: * OK [HIGHESTMODSEQ 9223372036854775808] .
S: * OK [NOMODSEQ] .
S: * 10 FETCH (UID 40 FLAGS () MODSEQ (0))
S: * 10 FETCH (UID 40 FLAGS (\Seen) MODSEQ (-1))
S: a3 OK [READ-ONLY] done
> opened 7/40
> flags 40 ()
> flags 40 (\Seen)
S: a4 OK done
> synced
S: + idling
S: * 10 FETCH (UID 40 FLAGS () MODSEQ (90))
> flags 40 ()
S: * 11 EXISTS
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
S: a5 OK done
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 41 90 () 
S: a6 OK done
> synced
S: + idling
