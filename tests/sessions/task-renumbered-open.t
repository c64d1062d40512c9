# The same while it is open.
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
S: * OK [UIDVALIDITY 8] .
> end closed: the mailbox was renumbered (new UIDVALIDITY)
