# No "+" for 30 seconds.
< open.inc
S: a3 OK done
> synced
+ 30s
> end timeout: the server does not answer IDLE
