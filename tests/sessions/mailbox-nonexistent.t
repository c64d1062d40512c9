# RFC 5530.
< idling.inc
S: * NO [NONEXISTENT] no such mailbox
> end closed: the mailbox was deleted or closed: no such mailbox
