# OK without COPYUID, though the server tells UIDs: nothing was copied, so
# nothing is deleted.
< task-copy.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID COPY 38 "Archive"
S: a4 OK nothing to copy
> done 38 gone: it is not in the mailbox any more
