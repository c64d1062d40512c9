# The server sends them by itself, too (Dovecot does).
= preview
= structure
= notify
= known 7/40
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NOTIFY PREVIEW] in
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE PREVIEW)
C| a4 NOTIFY SET (selected (MessageNew (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)] BODYSTRUCTURE PREVIEW) MessageExpunge FlagChange))
C| a5 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: a4 OK done
S: + idling
S: * 11 EXISTS
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 PREVIEW {$}
L- Come!
S:  BODY[HEADER.FIELDS (FROM SUBJECT)] "Subject: Pushed" BODYSTRUCTURE (("text" "plain" NIL NIL NIL "7bit" 1 1)("message" "rfc822" NIL NIL NIL "7bit" 1 () ("text" "plain")) "mixed"))
> news 41 500 () Subject: Pushed attachment yes preview "Come!"
> synced
? 15m
