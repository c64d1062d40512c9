# EXISTS after each EXPUNGE (quirk 30) is no news, nor worth a question.
< idling.inc
S: * 3 EXPUNGE
S: * 9 EXISTS
S: * 0 RECENT
S: * 9 EXPUNGE
> gone 40
S: * 8 EXISTS
? 15m
