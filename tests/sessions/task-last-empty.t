# Of an empty mailbox there is nothing to ask for.
= goal task
< login.inc
C: a2 EXAMINE "INBOX"
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK [READ-ONLY] done
> opened 7/0
> synced
! last 3
> done
? never
