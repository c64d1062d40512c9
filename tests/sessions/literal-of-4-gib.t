< idling.inc
S: * 11 FETCH (UID 41 BODY[] {4294967296}
> end protocol: a literal is too long to read past
