# The mailbox is not there, and is made.
< task-move.inc
! act 38 >Archive create
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
S: a4 NO [TRYCREATE] Mailbox does not exist
C: a5 CREATE "Archive"
S: a5 OK done
C: a6 UID MOVE 38 "Archive"
S: * OK [COPYUID 9 38 1] .
S: * 2 EXPUNGE
S: a6 OK done
> done 38 there 9/1
# Once is enough.
! act 39 >Trash create
C: a7 UID FETCH 39 (UID FLAGS)
S: * 2 FETCH (UID 39 FLAGS ())
S: a7 OK done
C: a8 UID MOVE 39 "Trash"
S: a8 NO [TRYCREATE] Mailbox does not exist
C: a9 CREATE "Trash"
S: a9 NO [ALREADYEXISTS] it is there
C: a10 UID MOVE 39 "Trash"
S: a10 NO [TRYCREATE] Mailbox does not exist
> done 39 mailbox: the mailbox it should go to is not there: Mailbox does not exist
! act 39 >Trash create
C: a11 UID FETCH 39 (UID FLAGS)
S: * 2 FETCH (UID 39 FLAGS ())
S: a11 OK done
C: a12 UID MOVE 39 "Trash"
S: a12 NO [TRYCREATE] Mailbox does not exist
C: a13 CREATE "Trash"
S: a13 NO [NOPERM] not here
> done 39 denied: the server does not permit it: not here
