# For good: by its UID only.
< task-move.inc
! act 38 expunge
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID STORE 38 +FLAGS.SILENT (\Deleted)
S: a4 OK done
C: a5 UID EXPUNGE 38
S: * 2 EXPUNGE
S: a5 OK done
> done 38
