# No answer to ENABLE (quirk 38): the next connection does without.
< qresync.inc
+ 1m
> fault 8: ENABLE QRESYNC is not answered
> end timeout: the server does not answer ENABLE
