# A server that dies of it must not do so again and again.
= preview
= structure
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT CONTENT-TYPE CONTENT-TRANSFER-ENCODING)] BODYSTRUCTURE BODY.PEEK[TEXT]<0.2048>)
C| a4 IDLE
S: * 12 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 43] .
S: a2 OK done
> opened 7/40
+ 1s
S: * 11 EXISTS
! eof
> fault 128: the server does not bear BODYSTRUCTURE of new messages
> fault 256: the server does not bear the beginning of the text of new messages
> end closed: the server closed the connection
