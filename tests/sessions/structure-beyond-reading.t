# A structure that cannot be stepped over, or is longer than a line may be: the
# messages are asked for again, without.
= structure
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
C| a4 IDLE
S: * 12 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 43] .
S: a2 OK done
> opened 7/40
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODYSTRUCTURE ("text" BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a")
S- * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODYSTRUCTURE ("
S* x*70000
S: ") BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: b")
S: a3 OK done
S: + idling
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a")
> news 41 500 () Subject: a attachment unknown
S: * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: b")
> news 42 500 () Subject: b attachment unknown
S: a5 OK done
> synced
S: + idling
? 15m
