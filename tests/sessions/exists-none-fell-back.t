# ... it is, and keeps that to itself.
< idling.inc
S: * 0 EXISTS
C: DONE
C| a5 EXAMINE "INBOX"
C| a6 IDLE
S: a4 OK done
S: * 0 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 1] .
S: a5 OK done
> end closed: the mailbox was renumbered (UIDNEXT went back)
