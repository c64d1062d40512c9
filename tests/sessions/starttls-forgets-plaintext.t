# What was said before TLS is nobody's word, the mailbox's numbers too.
= starttls
S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
C: a1 STARTTLS
S: * OK [UIDNEXT 1] .
S: * OK [UIDVALIDITY 3] .
S: * 99 EXISTS
S: a1 OK begin
> starttls
! secured
C: a2 CAPABILITY
S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
S: a2 OK done
> login
! login LOGIN a b
C! a3 LOGIN a b
S: a3 OK [CAPABILITY IMAP4rev1] in
C: a4 EXAMINE "INBOX"
S: * 10 EXISTS
S: a4 OK done
C: a5 UID FETCH * (UID)
S: * 10 FETCH (UID 40)
S: a5 OK done
> opened 1/40 reset
> synced
