# Catch up, no IDLE, and wait for the owner.
= goal once
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a2 OK done
> opened 7/40
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a3 OK done
> synced
? never
! body 41
C: a4 UID FETCH 41 (UID BODY.PEEK[]<0.131072>)
S: * 11 FETCH (BODY[]<0> "x" UID 41)
> piece 41 @0 1
S: a4 OK done
> body 41 ok
! logout
C: a5 LOGOUT
S: a5 OK bye
> end
