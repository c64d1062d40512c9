# It was gone before.
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: a3 OK done
> done gone: it is not in the mailbox any more
