# EXAMINE where nothing is to be changed; a download is fetched as always.
= goal task
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE] welcome
C: a2 EXAMINE "INBOX"
S: * 3 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK [READ-ONLY] done
> opened 7/0
> synced
! body 38
C: a3 UID FETCH 38 (UID BODY.PEEK[]<0.131072>)
S: * 2 FETCH (BODY[]<0> "x" UID 38)
> piece 38 @0 1
S: a3 OK done
> body 38 ok
! act 38 +\Seen
> done closed: its mailbox is not open
! choose
! body 38
> body 38 failed: its mailbox cannot be opened
