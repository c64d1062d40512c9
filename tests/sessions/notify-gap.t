< notify-open.inc
# A pushed header that leaves one out: all are asked for, none is lost.
S: * 12 EXISTS
S: * 12 FETCH (UID 42 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Two
L: 
S: )
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a7 IDLE
S: a5 OK done
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: One
L: 
S: )
> news 41 500 () Subject: One| |
S: * 12 FETCH (UID 42 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: Two
L: 
S: )
> news 42 500 () Subject: Two| |
S: a6 OK done
> synced
S: + idling
