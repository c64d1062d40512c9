# None of them can be opened: the reason is that of the first.
= side Work
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE] in
C: a2 EXAMINE "INBOX"
C| a3 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a4 IDLE
S: a2 NO no such mailbox
> failed mailbox: the mailbox cannot be opened: no such mailbox
S: a3 NO [NONEXISTENT] nor this
> end mailbox: the mailbox cannot be opened: no such mailbox
