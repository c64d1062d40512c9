# Flags are set of those that are there, and which of them had not had them
# is told, so that it can be undone.
< task-move.inc
! act 38:39,45 +\Seen
C: a3 UID FETCH 38:39,45 (UID FLAGS)
# Somebody else's is no answer.
S: * 1 FETCH (UID 37 FLAGS ())
S: * 2 FETCH (UID 38 FLAGS ())
S: * 3 FETCH (FLAGS (\seen \Answered) UID 39)
S: a3 OK done
C: a4 UID STORE 38 +FLAGS.SILENT (\Seen)
S: a4 OK done
> done 38:39 changed 38
# Nothing is left to do.
! act 39 +\Seen
C: a5 UID FETCH 39 (UID FLAGS)
S: * 3 FETCH (UID 39 FLAGS (\Seen))
S: a5 OK done
> done 39
# Two wishes, in order.
! act 38 -\Seen
C: a6 UID FETCH 38 (UID FLAGS)
! act 39 -\Seen
S: * 2 FETCH (UID 38 FLAGS (\Seen))
S: a6 OK done
C: a7 UID STORE 38 -FLAGS.SILENT (\Seen)
S: a7 OK done
> done 38 changed 38
C: a8 UID FETCH 39 (UID FLAGS)
S: * 3 FETCH (UID 39 FLAGS (\Seen))
S: a8 OK done
C: a9 UID STORE 39 -FLAGS.SILENT (\Seen)
S: a9 OK done
> done 39 changed 39
? never
! logout
C: a10 LOGOUT
S: a10 OK bye
> end
