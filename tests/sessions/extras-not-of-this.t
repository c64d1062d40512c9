# NO is said of a message that the server cannot read: this once without, and
# the next time as before.
= structure
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 43] .
S: a2 OK done
> opened 7/40
S: * 9 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a" BODYSTRUCTURE ("text" "html"))
> news 41 500 () Subject: a attachment no
S: a3 NO some messages could not be read
S: + idling
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 9 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a")
S: * 10 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: b")
> news 42 500 () Subject: b attachment unknown
S: a5 OK done
> synced
S: + idling
S: * 11 EXISTS
C: DONE
C| a7 UID FETCH 43:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
C| a8 IDLE
