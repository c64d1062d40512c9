# OK without "+": not idle, and no error loop.
< open.inc
S: a3 OK done
> synced
S: a4 OK IDLE terminated
C: a5 NOOP
S: a5 OK done
? 5m
