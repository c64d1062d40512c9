# Another UIDVALIDITY: whatever a server tells of the old UIDs is not told on.
< qresync.inc
S: * ENABLED QRESYNC
S: a2 OK done
S: * 2 EXISTS
S: * OK [UIDVALIDITY 8] .
S: * OK [UIDNEXT 3] .
S: * OK [HIGHESTMODSEQ 3] .
S: * VANISHED (EARLIER) 3:40
S: * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (2))
S: a3 OK [READ-ONLY] done
> opened 8/2 reset
S: a4 OK done
> synced @3
S: + idling
