< open.inc
? 60s
+ 60s
> end timeout: the server does not answer UID FETCH
