# 0 is no UIDVALIDITY (quirk 35) and changes nothing.
< idling.inc
S: * OK [UIDVALIDITY 0] .
S: * OK [UIDVALIDITY x] .
? 15m
