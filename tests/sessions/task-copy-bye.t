# BYE behind COPY: it is still here, and nothing was deleted.
< task-copy.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID COPY 38 "Archive"
S: * BYE overloaded
> end closed: the server ended the connection: overloaded
