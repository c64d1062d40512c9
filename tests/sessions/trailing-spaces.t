# Exchange puts spaces where none belong (quirk 19).
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * FLAGS (\Seen) 
S: * 10 EXISTS 
S: * 0 RECENT 
S: * OK [UIDVALIDITY 7 ] . 
S: * OK [UIDNEXT 42 ]
S: a2 OK [READ-ONLY]  done 
> opened 7/40
S: * 10 FETCH (UID 41  FLAGS (\Seen ) RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "a" ) 
> news 41 500 (\Seen) a
S: a3 OK 
> synced
S: +  
? 15m
