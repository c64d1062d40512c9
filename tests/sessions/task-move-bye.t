# BYE in the middle: whether it was moved, nobody knows.
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
S: * BYE Server shutting down.
> end closed: the server ended the connection: Server shutting down.
