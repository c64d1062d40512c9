# NO is about the mailbox, not about the parameter.
< qresync.inc
S: * ENABLED QRESYNC
S: a2 OK done
S: a3 NO [NONEXISTENT] no such mailbox
> end mailbox: the mailbox cannot be opened: no such mailbox
