< login.inc
C: a2 EXAMINE "INBOX"
C| a3 IDLE
S: a2 NO [NONEXISTENT] Mailbox does not exist
> end mailbox: the mailbox cannot be opened: Mailbox does not exist
S: + idling
