# IDLE is offered, and refused: perhaps because of this.
< pipeline.inc
S: a1 OK [CAPABILITY IMAP4rev1 ID ENABLE IDLE QRESYNC] welcome
S: a2 OK done
S: * ENABLED QRESYNC
S: a3 OK done
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a4 OK done
> opened 7/40
S: a5 OK done
> synced
S: a6 BAD what
> fault 16: the server refuses IDLE: what
C: a7 NOOP
S: a7 OK done
? method poll
