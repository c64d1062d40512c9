# How the text begins, by PREVIEW (RFC 8970): "" is a message that has nothing
# to show.  Of many at once only what the server has at hand, which may be NIL.
= preview
= known 7/40
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE PREVIEW] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] PREVIEW)
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] UIDs valid
S: * OK [UIDNEXT 41] next
S: a2 OK [READ-ONLY] done
> opened 7/40
S: a3 OK done
> synced
S: + idling
S: * 13 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] PREVIEW)
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS () RFC822.SIZE 500 PREVIEW {$}
L- Come at once!
S:  BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a")
> news 41 500 () Subject: a preview "Come at once!"
S: * 12 FETCH (UID 42 FLAGS () RFC822.SIZE 500 PREVIEW "" BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: b")
> news 42 500 () Subject: b preview ""
S: * 13 FETCH (UID 43 FLAGS () RFC822.SIZE 500 PREVIEW (FUZZY "Draft") BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: c")
> news 43 500 () Subject: c preview "Draft"
S: a5 OK done
> synced
S: + idling
S: * 64 EXISTS
C: DONE
C| a7 UID FETCH 44:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] PREVIEW (LAZY))
C| a8 IDLE
S: a6 OK done
S: * 14 FETCH (UID 44 FLAGS () RFC822.SIZE 500 PREVIEW NIL BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: d")
> news 44 500 () Subject: d
# It was lazy, and this one came meanwhile.
S: a7 OK done
> synced
S: + idling
? 5s
