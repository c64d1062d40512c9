< idling.inc
S: * NO [ALERT] Your mailbox is nearly full
> alert Your mailbox is nearly full
? 15m
