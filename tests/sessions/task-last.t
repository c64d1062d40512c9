# The last messages of a mailbox that is not changed; what is asked for twice,
# or comes meanwhile, is told once, and flags are none.
= goal task
= structure
< login.inc
C: a2 EXAMINE "INBOX"
S: * 7 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK [READ-ONLY] done
> opened 7/0
> synced
! last 3
C: a3 FETCH 5:7 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
S: * 5 FETCH (UID 31 FLAGS (\Seen) RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a" BODYSTRUCTURE ("text" "plain"))
> news 31 500 (\Seen) Subject: a attachment no
S: * 8 EXISTS
S: * 6 FETCH (FLAGS (\Seen))
S: * 6 FETCH (UID 35 FLAGS (\Seen))
S: * 6 FETCH (UID 35 FLAGS () RFC822.SIZE 501 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: b" BODYSTRUCTURE NIL)
> news 35 501 () Subject: b attachment unknown
S: * 6 FETCH (UID 35 FLAGS () RFC822.SIZE 501 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: b" BODYSTRUCTURE NIL)
S: * 7 FETCH (UID 40 FLAGS () RFC822.SIZE 502 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: c" BODYSTRUCTURE ("image" "png"))
> news 40 502 () Subject: c attachment yes
# No more than were asked for.
S: * 4 FETCH (UID 30 FLAGS () RFC822.SIZE 502 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: c")
S: a3 OK done
> done
? never
# More than there are.
! last 5000
C: a4 FETCH 1:8 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
! last 1
> done mailbox: its mailbox is not open
S: a4 OK done
> done
! logout
C: a5 LOGOUT
S: * BYE
S: a5 OK
> end
