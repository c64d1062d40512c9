# A COPYUID that means something else, or nothing, or too much.
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
S: * OK [COPYUID 0 38 112] .
S: * OK [COPYUID 9 38] .
S: * OK [COPYUID] .
S: * OK [COPYUID 9 38 1:4000000000] .
S: * 2 EXPUNGE
S: a4 OK done
> done 38 there 9/?
! act 37 >Archive
C: a5 UID FETCH 37 (UID FLAGS)
S: * 1 FETCH (UID 37 FLAGS ())
S: a5 OK done
C: a6 UID MOVE 37 "Archive"
S: a6 OK [COPYUID 9 39 112] done
> done there 9/112 gone: it is not in the mailbox any more
