# Unknown responses and stray "+" do not excuse garbage.
< idling.inc
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
S: * 1 FETCH (((
S: * XYZZY
S: + x
> end protocol: the server's answers cannot be understood (a word is missing)
