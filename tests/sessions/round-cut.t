# What came whole is told, what did not is asked for next time: the mark has not
# moved.
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 12 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a2 OK done
> opened 7/40
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: One
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: One| |
S- * 12 FETCH (UID 42 BODY[HEADER.FIELDS (FROM SUBJECT)] {40}\r\nSubj
! eof
> end closed: the server closed the connection
