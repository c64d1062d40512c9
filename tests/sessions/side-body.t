< sides.inc
# A download from a side: opened for it, and home behind it.
! body Work: 9 5
C: DONE
C| a6 EXAMINE "Work"
C| a7 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a8 UID FETCH 9 (UID BODY.PEEK[]<0.131072>)
S: a5 OK done
S: * 3 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 11] .
S: a6 OK done
S: a7 OK done
> Work: synced
S: * 2 FETCH (UID 9 BODY[]<0> "hello")
> Work: piece 9 @0 5
S: a8 OK done
> Work: body 9 ok
C: a9 EXAMINE "INBOX"
C| a10 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a11 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a9 OK done
S: a10 OK done
> synced
S: + idling
# Of a stranger, and of home.
! body Nobody: 1
> Nobody: body 1 failed: its mailbox cannot be opened
! body 40
C: DONE
C| a12 UID FETCH 40 (UID BODY.PEEK[]<0.131072>)
C| a13 IDLE
