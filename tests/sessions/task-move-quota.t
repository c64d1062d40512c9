# No room: nothing has happened, and it can be tried again.
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
S: a4 NO [OVERQUOTA] Quota exceeded
> done 38 denied: there is no room for it on the server (quota): Quota exceeded
! act 38 >Trash
C: a5 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a5 OK done
C: a6 UID MOVE 38 "Trash"
S: a6 NO [NOPERM] Permission denied
> done 38 denied: the server does not permit it: Permission denied
