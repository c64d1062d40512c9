# MOVE, and where they are now.
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
S: * OK [COPYUID 9 38 112] .
S: * 2 EXPUNGE
S: a4 OK done
> done 38 there 9/112
