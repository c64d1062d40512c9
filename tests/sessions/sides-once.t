# Once: each is caught up, one with news, one with an answer that says nothing;
# nobody waits in IDLE, and home is not opened again.
= goal once
= known 7/40
= side Work
= known 5/10
= side Odd
= known 6/20
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK in
C: a2 CAPABILITY
C| a3 EXAMINE "INBOX"
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * CAPABILITY IMAP4rev1 IDLE
S: a2 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a3 OK done
> opened 7/40
S: a4 OK done
> synced
C: a5 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a6 STATUS "Odd" (MESSAGES UIDNEXT UIDVALIDITY)
S: * STATUS Work (MESSAGES 4 UIDNEXT 12 UIDVALIDITY 5)
S: a5 OK done
S: a6 OK done
C: a7 EXAMINE "Work"
C| a8 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 4 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: a7 OK done
> Work: opened 5/10
S: * 4 FETCH (UID 11 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: To work
L: 
S: )
> Work: news 11 500 () Subject: To work| |
S: a8 OK done
> Work: synced
C: a9 EXAMINE "Odd"
C| a10 UID FETCH 21:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 4 EXISTS
S: * OK [UIDVALIDITY 6] .
S: * OK [UIDNEXT 21] .
S: a9 OK done
> Odd: opened 6/20
S: a10 OK done
> Odd: synced
? never
! logout
C: a11 LOGOUT
