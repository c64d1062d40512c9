# A flag goes along, and is taken back when the rest of it fails.
< task-move.inc
! act 38 +$Junk -$NotJunk >Junk
C: a3 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ($NotJunk))
S: a3 OK done
C: a4 UID STORE 38 +FLAGS.SILENT ($Junk)
S: a4 OK done
C: a5 UID STORE 38 -FLAGS.SILENT ($NotJunk)
S: a5 OK done
C: a6 UID MOVE 38 "Junk"
S: a6 NO [LIMIT] the mailbox is full
C: a7 UID STORE 38 -FLAGS.SILENT ($Junk)
S: a7 OK done
C: a8 UID STORE 38 +FLAGS.SILENT ($NotJunk)
S: a8 NO not now
> done 38 unavailable: the server does not move it: the mailbox is full
! act 38 +$Junk >Junk
C: a9 UID FETCH 38 (UID FLAGS)
S: * 2 FETCH (UID 38 FLAGS ())
S: a9 OK done
C: a10 UID STORE 38 +FLAGS.SILENT ($Junk)
S: a10 OK done
C: a11 UID MOVE 38 "Junk"
S: * OK [COPYUID 9 38 112] .
S: * 2 EXPUNGE
S: a11 OK done
> done 38 changed 38 there 9/112
