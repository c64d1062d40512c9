# LIST with STATUS is refused: one by one from then on, and remembered.
= known 7/40
= side Work
= side a*b
= side Lists
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE LIST-EXTENDED LIST-STATUS] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 LIST "" ("Work") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a5 STATUS "a*b" (MESSAGES UIDNEXT UIDVALIDITY)
C| a6 STATUS "Lists" (MESSAGES UIDNEXT UIDVALIDITY)
C| a7 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: a4 BAD what
> fault 4: the server refuses LIST with STATUS: what
S: * STATUS "a*b" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 3)
> a*b: opened 3/0 reset
> a*b: synced
S: a5 OK done
S: * STATUS Lists (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 3)
> Lists: opened 3/0 reset
> Lists: synced
S: a6 OK done
S: + idling
C: DONE
C| a8 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a9 IDLE
S: a7 OK done
S: * STATUS Work (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 3)
> Work: opened 3/0 reset
> Work: synced
S: a8 OK done
S: + idling
