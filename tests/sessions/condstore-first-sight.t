# Not known yet: the mod-sequence is learnt, and nothing asked.
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 OK [CAPABILITY IMAP4rev1 ENABLE IDLE CONDSTORE] welcome
C: a2 EXAMINE "INBOX" (CONDSTORE)
C| a3 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 65] .
S: a2 OK done
> opened 7/40 reset
> synced @65
S: + idling
