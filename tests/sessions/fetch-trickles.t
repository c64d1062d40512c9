# Some bytes now and then do not keep a command alive for ever.
< open.inc
S- * 10 FETCH (UID 40 X "
+ 59s
S- a
+ 59s
S- b
+ 59s
S- c
+ 59s
S- d
+ 59s
S- e
+ 59s
S- f
+ 59s
S- g
+ 59s
S- h
+ 59s
S- i
+ 59s
S- j
+ 9s
+ 1s
> end timeout: the server does not answer UID FETCH
