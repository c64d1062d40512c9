# What came behind the login is lost.
< pipeline.inc
S: a1 OK [CAPABILITY IMAP4rev1 ID IDLE] welcome
+ 1m
> fault 16: the server does not answer ID
> end timeout: the server does not answer ID
