# So is a poll.
< polling.inc
+ 5m
C: a4 NOOP
S: a4 BAD Request is throttled. Suggested Backoff Time: 2000 milliseconds
> end unavailable: the server cannot look into the mailbox: Request is throttled. Suggested Backoff Time: 2000 milliseconds
? patience 2s
