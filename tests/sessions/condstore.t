< condstore.inc
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: * OK [HIGHESTMODSEQ 65] .
S: a2 OK done
> opened 7/40
S: * 9 FETCH (UID 39 FLAGS (\Seen) MODSEQ (60))
> flags 39 (\Seen)
S: a3 OK done
S: a4 OK done
> synced @65
S: + idling
# A refresh tells up to where all is known.
S: * 10 FETCH (FLAGS (\Seen) UID 40 MODSEQ (70))
> flags 40 (\Seen)
+ 15m
C: DONE
C| a6 NOOP
C| a7 IDLE
S: a5 OK done
S: a6 OK done
> synced @70
S: + idling
+ 15m
C: DONE
C| a8 NOOP
C| a9 IDLE
S: a7 OK done
S: a8 OK done
S: + idling
