# Of several, some are not there any more, and one goes in between.
< task-move.inc
! act 30,37:39 >Archive
C: a3 UID FETCH 30,37:39 (UID FLAGS)
S: * 1 FETCH (UID 37 FLAGS ())
S: * 2 FETCH (UID 38 FLAGS ())
S: * 3 FETCH (UID 39 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 37:39 "Archive"
S: * 1 EXPUNGE
S: * OK [COPYUID 9 38:39 112:113] .
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: a4 OK done
> done 38:39 there 9/112:113
