# Tags that nobody used, and tags that look like ours.
< idling.inc
S: a99 OK who
S: x4 NO who
S: a5 OK too early
? 15m
