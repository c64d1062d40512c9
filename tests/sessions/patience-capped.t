# No server makes us wait for more than five minutes.
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 NO [LIMIT] Request is throttled. Suggested Backoff Time: 99999999999999999999 milliseconds
> end unavailable: the server refuses the login: Request is throttled. Suggested Backoff Time: 99999999999999999999 milliseconds
? patience 5m
