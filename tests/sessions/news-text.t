# Without PREVIEW, the first octets of the text, and what it takes to read them.
= preview
= structure
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 IDLE
S: * 1 EXISTS
S: * OK [UIDVALIDITY 7] UIDs valid
S: * OK [UIDNEXT 41] next
S: a2 OK [READ-ONLY] done
> opened 7/40 reset
> synced
S: + idling
S: * 3 EXISTS
C: DONE
C| a4 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT CONTENT-TYPE CONTENT-TRANSFER-ENCODING)] BODYSTRUCTURE BODY.PEEK[TEXT]<0.2048>)
C| a5 IDLE
S: a3 OK done
S: * 2 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[TEXT]<0> {$}
L: Come at once!
S:  BODY[HEADER.FIELDS (FROM SUBJECT CONTENT-TYPE CONTENT-TRANSFER-ENCODING)] "Subject: a" BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1))
> news 41 500 () Subject: a attachment no text "Come at once!__"
# A message without a body, and one that was asked for from its beginning.
S: * 3 FETCH (UID 42 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT CONTENT-TYPE CONTENT-TRANSFER-ENCODING)] "Subject: b" BODY[TEXT]<0> NIL)
> news 42 500 () Subject: b attachment unknown
S: a4 OK done
> synced
S: + idling
? 15m
