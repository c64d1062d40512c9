# What was read and deleted while nobody looked is told when the mailbox is
# open, and before it is called live.
< qresync.inc
S: * ENABLED QRESYNC
S: a2 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 65] .
S: * VANISHED (EARLIER) 3:5,17
S: * 4 FETCH (UID 12 FLAGS (\Seen $Junk) MODSEQ (60))
S: * 9 FETCH (UID 39 FLAGS () MODSEQ (65))
S: a3 OK [READ-ONLY] done
> opened 7/40
> gone 3:5,17
> flags 12 (\Seen $Junk)
> flags 39 ()
S: * 10 FETCH (UID 40 FLAGS (\Seen) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
S: a4 OK done
> synced @65
S: + idling
S: * VANISHED 39,12
> gone 39,12
S: * 8 FETCH (UID 40 FLAGS (\Flagged) MODSEQ (80))
> flags 40 (\Flagged)
S: * 9 EXISTS
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
S: a5 OK done
S: * 9 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 41 90 () 
# One that crosses the round it was told in.
S: * 9 FETCH (UID 41 FLAGS (\Seen) MODSEQ (82))
> flags 41 (\Seen)
S: a6 OK done
> synced @82
S: + idling
