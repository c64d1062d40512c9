# All gone at once: perhaps it is another mailbox by now.
< idling.inc
S: * 0 EXISTS
> end closed: the mailbox is suddenly empty; it is opened again to see whether it is still the same
