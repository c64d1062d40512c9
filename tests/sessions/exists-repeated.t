# The same EXISTS again, without new mail (quirk 29).
< idling.inc
S: * 10 EXISTS
S: * 10 EXISTS
S: * 0 RECENT
? 15m
