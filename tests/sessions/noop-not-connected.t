# The same in the words of a login that is one too many (quirk 17).
< polling.inc
+ 5m
C: a4 NOOP
S: a4 BAD User is authenticated but not connected.
> end unavailable: the server cannot look into the mailbox: User is authenticated but not connected.
