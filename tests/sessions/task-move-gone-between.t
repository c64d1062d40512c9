# It goes between the question and MOVE: the server says OK and has moved
# nothing.
< task-move.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID MOVE 38 "Archive"
S: * 2 EXPUNGE
S: a4 OK no messages found
> done 38 gone: it is not in the mailbox any more
