# ... it is.
< idling.inc
S: * 0 EXISTS
C: DONE
C| a5 EXAMINE "INBOX"
C| a6 IDLE
S: a4 OK done
S: * 0 EXISTS
S: * OK [UIDVALIDITY 8] .
> end closed: the mailbox was renumbered (new UIDVALIDITY)
