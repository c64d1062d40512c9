# Keywords only where they can be kept.
= goal task
= writable
= known 7/0
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE] welcome
C: a2 SELECT "INBOX"
S: * FLAGS (\Answered \Seen \Deleted)
S: * OK [PERMANENTFLAGS (\Answered \Seen \Deleted \Flagged)] .
S: * 3 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK [READ-WRITE] done
> opened 7/0
> synced
! act 38 +$Junk >Junk
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Junk"
S: * OK [COPYUID 9 38 112] .
S: * 2 EXPUNGE
S: a4 OK done
> done 38 there 9/112
