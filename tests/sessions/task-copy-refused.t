# What is not copied is not deleted.
< task-copy.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID COPY 38 "Archive"
S: a4 NO something is wrong
> done 38 denied: the server does not move it: something is wrong
