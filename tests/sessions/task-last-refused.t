# What is refused, or cannot be read, is asked for once more without what is not
# needed; then the server has the last word.
= goal task
= structure
< login.inc
C: a2 EXAMINE "INBOX"
S: * 2 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK [READ-ONLY] done
> opened 7/0
> synced
! last 3
C: a3 FETCH 1:2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
S: * 1 FETCH (UID 31 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a" BODYSTRUCTURE ("text" "plain"))
> news 31 500 () Subject: a attachment no
S: * 2 FETCH (UID 32 FLAGS () BODYSTRUCTURE ((
S: a3 OK done
C: a4 FETCH 1:2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]<0.65536>)
S: * 1 FETCH (UID 31 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)]<0> "Subject: a")
S: * 2 FETCH (UID 32 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)]<0> "Subject: b")
> news 32 500 () Subject: b attachment unknown
S: a4 OK done
> done
! last 1
C: a5 FETCH 2:2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
S: a5 BAD no
C: a6 FETCH 2:2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)]<0.65536>)
S: a6 NO not today
> done protocol: the server does not hand out messages: not today
# It goes, and all that was wished for with it.
! last 1
C: a7 FETCH 2:2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
! choose Old 9/0
> INBOX: done closed: its mailbox is not open any more
S: * 2 FETCH (UID 32 FLAGS () BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: b")
S: a7 OK done
C: a8 EXAMINE "Old"
