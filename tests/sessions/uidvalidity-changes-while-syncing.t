# ... in the middle of the catch-up.
< open.inc
S: * OK [UIDVALIDITY 9] changed
> end closed: the mailbox was renumbered (new UIDVALIDITY)
