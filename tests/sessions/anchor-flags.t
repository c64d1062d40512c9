# A change of its flags in between is not it (quirk 31), nor does it come twice.
= known 7/40
= anchor
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 40:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: * 10 FETCH (UID 40 FLAGS (\Seen))
> flags 40 (\Seen)
S: * 10 FETCH (UID 40 FLAGS (\Seen) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Old
L: 
S: )
> anchor 40 500 (\Seen) From: boss@example.org| Subject: Old| |
S: * 10 FETCH (UID 40 FLAGS (\Seen) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Old
L: 
S: )
S: a3 OK done
> synced
S: + idling
? 15m
