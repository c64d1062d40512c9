# RFC 7162 3.2.11; here because it was deleted.
< idling.inc
S: * OK [CLOSED] Mailbox was deleted
> end closed: the mailbox was deleted or closed: Mailbox was deleted
