# The mailbox is not there, and is not to be made.
< task-move.inc
! act 38 >Arhcive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Arhcive"
S: a4 NO [TRYCREATE] Mailbox does not exist
> done 38 mailbox: the mailbox it should go to is not there: Mailbox does not exist
