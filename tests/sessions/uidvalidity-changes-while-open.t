< idling.inc
S: * OK [UIDVALIDITY 9] changed
> end closed: the mailbox was renumbered (new UIDVALIDITY)
