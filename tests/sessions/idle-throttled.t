# IDLE is refused for a while (quirk 16), not for good.
< open.inc
S: a3 OK done
> synced
S: a4 BAD Request is throttled. Suggested Backoff Time: 2000 milliseconds
> end unavailable: the server refuses IDLE for now: Request is throttled. Suggested Backoff Time: 2000 milliseconds
? patience 2s
