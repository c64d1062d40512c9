# method = idle: where IDLE is refused, no polling in its place.
= push-only
< open.inc
S: a3 OK done
> synced
S: a4 NO not for you
> end unavailable: the server does not push new mail, and method = idle rules out asking for it
