# Attachments by BODYSTRUCTURE, where somebody asks for them; what is no
# structure is unknown, and costs no message.
= structure
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE)
C| a4 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] UIDs valid
S: * OK [UIDNEXT 46] next
S: a2 OK [READ-ONLY] done
> opened 7/40
S: * 6 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a" BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 100 5 NIL NIL NIL NIL))
> news 41 500 () Subject: a attachment no
S: * 7 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODYSTRUCTURE (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL)("APPLICATION" "PDF" ("NAME" "a\")b.pdf") NIL NIL "BASE64" 3 NIL ("ATTACHMENT" ("FILENAME" {$}
L- a)b.pdf
S: )) NIL) "MIXED" ("BOUNDARY" "x") NIL NIL) BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: b")
> news 42 500 () Subject: b attachment yes
S: * 8 FETCH (UID 43 FLAGS () RFC822.SIZE 500 BODYSTRUCTURE NIL BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: c")
> news 43 500 () Subject: c attachment unknown
# Quirk 18.
S: * 9 FETCH (UID 44 FLAGS () RFC822.SIZE 500 BODYSTRUCTURE ((NIL) ("TEXT" 17 "FOO") -1 "MIXED" ((("x")))) BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: d")
> news 44 500 () Subject: d attachment unknown
S: * 10 FETCH (UID 45 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: e")
> news 45 500 () Subject: e attachment unknown
S: a3 OK done
> synced
S: + idling
? 15m
