# Never seen before: what is there is not news, whatever the date.
= since 20-Nov-2026
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 8] .
S: * OK [UIDNEXT 91] .
S: a2 OK done
> opened 8/90 reset
> synced
S: + idling
? 15m
