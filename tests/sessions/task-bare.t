# Without UIDPLUS there is no EXPUNGE of one message, and a bare EXPUNGE would
# remove what others have marked: it stays, marked.
< task-bare.inc
! act 38 >Archive
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a3 OK done
C: a4 UID COPY 38 "Archive"
S: a4 OK done
C: a5 UID STORE 38 +FLAGS.SILENT (\Deleted)
S: a5 OK done
> done 38 left
! act 39 expunge
C: a6 UID FETCH 39 (UID FLAGS)
S: * 3 FETCH (UID 39 FLAGS (\Seen))
S: a6 OK done
C: a7 UID STORE 39 +FLAGS.SILENT (\Deleted)
S: a7 OK done
> done 39 left
