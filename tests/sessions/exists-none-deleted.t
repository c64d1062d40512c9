# ... it is gone.
< idling.inc
S: * 0 EXISTS
C: DONE
C| a5 EXAMINE "INBOX"
C| a6 IDLE
S: a4 OK done
S: a5 NO [NONEXISTENT] Mailbox doesn't exist
> end mailbox: the mailbox cannot be opened: Mailbox doesn't exist
