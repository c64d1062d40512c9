# ... as a poll finds it.
< polling.inc
+ 5m
C: a4 NOOP
S: * 0 EXISTS
S: a4 OK done
C: a5 EXAMINE "INBOX"
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a5 OK done
? look 5m
