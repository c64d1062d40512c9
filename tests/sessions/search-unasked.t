# An answer to a question never asked means nothing.
< idling.inc
S: * SEARCH 1 2 3
S: * ESEARCH (TAG "a9") UID ALL 1:3
? 15m
