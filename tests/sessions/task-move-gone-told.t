# The same, told by EXPUNGEISSUED (RFC 5530).
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
S: a4 NO [EXPUNGEISSUED] somebody was faster
> done 38 gone: it is not in the mailbox any more: somebody was faster
