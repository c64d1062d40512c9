# Copied and marked, but it cannot be expunged.
< task-copy.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID COPY 38 "Archive"
S: a4 OK [COPYUID 9 38 112] done
C: a5 UID STORE 38 +FLAGS.SILENT (\Deleted)
S: a5 OK done
C: a6 UID EXPUNGE 38
S: a6 NO [NOPERM] no
> done 38 there 9/112 left
