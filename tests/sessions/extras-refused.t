# BAD is said of the command: less is asked for until it is understood, and that
# is remembered.  No message is lost over it.
= preview
= structure
= known 7/40
= side Work
= known 5/10
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE PREVIEW] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE PREVIEW)
C| a4 STATUS "Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a5 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a2 OK done
> opened 7/40
S: a3 BAD what is PREVIEW
> fault 64: the server refuses PREVIEW of new messages: what is PREVIEW
S: * STATUS Work (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 5)
> Work: opened 5/10
> Work: synced
S: a4 OK done
S: + idling
C: DONE
C| a6 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT CONTENT-TYPE CONTENT-TRANSFER-ENCODING)] BODYSTRUCTURE BODY.PEEK[TEXT]<0.2048>)
C| a7 IDLE
S: a5 OK done
S: a6 BAD what is BODYSTRUCTURE
> fault 128: the server refuses BODYSTRUCTURE of new messages: what is BODYSTRUCTURE
S: + idling
C: DONE
C| a8 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT CONTENT-TYPE CONTENT-TRANSFER-ENCODING)] BODY.PEEK[TEXT]<0.2048>)
C| a9 IDLE
S: a7 OK done
S: a8 BAD no parts
> fault 256: the server refuses the beginning of the text of new messages: no parts
S: + idling
C: DONE
C| a10 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a11 IDLE
S: a9 OK done
S: * 10 FETCH (UID 41 FLAGS () RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: a")
> news 41 500 () Subject: a attachment unknown
S: a10 OK done
> synced
S: + idling
