# The mailbox is gone and the server says so at the next look.
< idling.inc
+ 15m
C: DONE
C| a5 NOOP
C| a6 IDLE
S: a4 OK done
S: a5 NO Mailbox does not exist
> end closed: the server cannot look into the mailbox: Mailbox does not exist
