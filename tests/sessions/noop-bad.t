# Exchange, when the session is gone that it had with itself.
< polling.inc
+ 5m
C: a4 NOOP
S: a4 BAD Command received in Invalid state.
> end closed: the server cannot look into the mailbox: Command received in Invalid state.
