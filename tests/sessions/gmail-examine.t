# What Gmail says of a mailbox, and more of its kind (quirks 14, 28).
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * FLAGS (\Answered \Flagged $Phishing a]b \*)
S: * OK [PERMANENTFLAGS ($NotPhishing a]b [x] \*)] Flags permitted.
S: * OK [UIDVALIDITY 7] UIDs valid.
S: * 11 EXISTS
S: * 0 RECENT
S: * OK [UIDNEXT 42] Predicted next UID.
S: * OK [HIGHESTMODSEQ]
S: * OK [HIGHESTMODSEQ -1] .
S: a2 OK [READ-ONLY] INBOX selected. (Success)
> opened 7/40
S: * 11 FETCH (X-GM-MSGID 1278455344230334865 MODSEQ (0) UID 41 FLAGS (a]b [x] $MDN\Sent) RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (a]b [x] $MDN\Sent) From: boss@example.org| Subject: Hi| |
S: a3 OK Success
> synced
S: + idling
