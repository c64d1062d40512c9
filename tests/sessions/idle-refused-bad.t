< open.inc
S: a3 OK done
> synced
S: a4 BAD Could not parse command
C: a5 NOOP
S: a5 OK done
? 5m
+ 5m
C: a6 NOOP
S: a6 OK done
? 5m
