# No answer.
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
+ 179s
? 1s
+ 1s
> end timeout: the server does not answer a change
