# method = poll, although IDLE is there.
= no-idle
< login.inc
C: a2 EXAMINE "INBOX"
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
> opened 7/0 reset
> synced
? 5m
