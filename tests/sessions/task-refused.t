# The server refuses to look, or to store.
< task-move.inc
! act 38 +\Flagged
C: a3 UID FETCH 38 (UID FLAGS)
S: a3 NO [SERVERBUG] out of order
> done unavailable: the server does not say whether it is there: out of order
! act 38 +\Flagged
C: a4 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a4 OK done
C: a5 UID STORE 38 +FLAGS.SILENT (\Flagged)
S: a5 NO [READ-ONLY] not here
> done 38 denied: the mailbox is read-only: not here
! act 38 +\Flagged
C: a6 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a6 OK done
C: a7 UID STORE 38 +FLAGS.SILENT (\Flagged)
S: a7 BAD what
> done 38 denied: the server does not change its flags: what
! act 38 +\Draft
> done denied: the mailbox does not keep the flag \Draft
! act 0
> done denied: these messages, or where they should go, cannot be named to the server
! act 5:* +\Seen
> done denied: these messages, or where they should go, cannot be named to the server
