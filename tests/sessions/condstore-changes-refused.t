# The question alone is refused, which costs nothing else.
< condstore.inc
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 65] .
S: a2 OK done
> opened 7/40
S: a3 BAD what is CHANGEDSINCE
> fault 8: CHANGEDSINCE: what is CHANGEDSINCE
S: a4 OK done
> synced @65
S: + idling
? 15m
