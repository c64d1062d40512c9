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
# Two of which each wants another change: what was not taken is not given.
! act 37,39 +$Junk -$NotJunk >Junk
C: a12 UID FETCH 37,39 (UID FLAGS)
S: * 1 FETCH (UID 37 FLAGS ())
S: * 2 FETCH (UID 39 FLAGS ($Junk $NotJunk))
S: a12 OK done
C: a13 UID STORE 37 +FLAGS.SILENT ($Junk)
S: a13 OK done
C: a14 UID STORE 39 -FLAGS.SILENT ($NotJunk)
S: a14 OK done
C: a15 UID MOVE 37,39 "Junk"
S: a15 NO no
C: a16 UID STORE 37 -FLAGS.SILENT ($Junk)
S: a16 OK done
C: a17 UID STORE 39 +FLAGS.SILENT ($NotJunk)
S: a17 OK done
> done 37,39 denied: the server does not move it: no
