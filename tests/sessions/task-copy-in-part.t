# Only what was copied is removed.
< task-copy.inc
! act 37:39 >Archive
C: a3 UID FETCH 37:39 (UID FLAGS)
S: * 1 FETCH (UID 37 FLAGS ())
S: * 2 FETCH (UID 38 FLAGS ())
S: * 3 FETCH (UID 39 FLAGS ())
S: a3 OK done
C: a4 UID COPY 37:39 "Archive"
S: a4 OK [COPYUID 9 37,39 112:113] done
C: a5 UID STORE 37,39 +FLAGS.SILENT (\Deleted)
S: a5 OK done
C: a6 UID EXPUNGE 37,39
S: * 3 EXPUNGE
S: * 1 EXPUNGE
S: a6 OK done
> done 37,39 there 9/112:113
