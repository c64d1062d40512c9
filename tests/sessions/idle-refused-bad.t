< open.inc
S: a3 OK done
> synced
S: a4 BAD Could not parse command
+ 5m
C: a5 NOOP
S: a5 OK done
? 5m
