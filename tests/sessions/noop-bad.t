# Who does not know NOOP still tells of news.
< polling.inc
+ 5m
C: a4 NOOP
S: a4 BAD what
? look 5m
