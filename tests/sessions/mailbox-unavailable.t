< login.inc
C: a2 EXAMINE "INBOX"
C| a3 IDLE
S: a2 NO [INUSE] Mailbox is locked
> end unavailable: the mailbox cannot be opened: Mailbox is locked
