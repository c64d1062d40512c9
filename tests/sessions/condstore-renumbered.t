# The question was about other UIDs; what is answered holds all the same.
< condstore.inc
S: * 2 EXISTS
S: * OK [UIDVALIDITY 8] .
S: * OK [UIDNEXT 3] .
S: * OK [HIGHESTMODSEQ 65] .
S: a2 OK done
> opened 8/2 reset
S: * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (60))
> flags 1 (\Seen)
S: a3 OK done
S: a4 OK done
> synced @65
S: + idling
