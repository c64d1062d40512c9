S: * PREAUTH hello
C: a1 CAPABILITY
C| a2 EXAMINE "INBOX"
S: * CAPABILITY IMAP4rev1
S: a1 OK done
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
> opened 7/0 reset
> synced
? 5m
