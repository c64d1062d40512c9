# What was told in the session before, by an owner who knows: one was deleted while
# there was no connection, and one read.  CONDSTORE says that something was.
= known 7/40
= side Work
= known 5/12
= modseq 30
= told 12,9,11
= side Lists
= known 6/20
= modseq 30
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE CONDSTORE] in
C: a2 EXAMINE "INBOX" (CONDSTORE)
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)
C| a5 STATUS "Lists" (MESSAGES UIDNEXT UIDVALIDITY)
C| a6 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: * STATUS Work (MESSAGES 4 UIDNEXT 13 UIDVALIDITY 5 HIGHESTMODSEQ 33)
> Work: opened 5/12
> Work: synced @30
S: a4 OK done
S: * STATUS Lists (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
> Lists: opened 6/20
> Lists: synced @30
S: a5 OK done
S: + idling
C: DONE
C| a7 EXAMINE "Work" (CONDSTORE)
C| a8 UID FETCH 9,11:12 (UID FLAGS)
C| a9 UID FETCH 13:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: a6 OK done
S: a7 BAD what is CONDSTORE
> fault 8: EXAMINE with CONDSTORE: what is CONDSTORE
S: a8 BAD no mailbox
S: a9 BAD no mailbox
C: a10 EXAMINE "Work"
C| a11 UID FETCH 9,11:12 (UID FLAGS)
C| a12 UID FETCH 13:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 4 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 13] .
S: a10 OK done
S: * 3 FETCH (UID 9 FLAGS (\Seen))
> Work: flags 9 (\Seen)
S: * 4 FETCH (UID 12 FLAGS ())
> Work: flags 12 ()
S: a11 OK done
> Work: gone 11
S: a12 OK done
> Work: synced
C: a13 EXAMINE "INBOX"
C| a14 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a15 IDLE
