< polling.inc
+ 5m
C: a4 NOOP
? 60s
+ 60s
> end timeout: the server does not answer NOOP
