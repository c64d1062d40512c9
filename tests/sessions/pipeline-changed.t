# It can less than the last time: without IDLE it is polled, and nothing of
# this is a fault.
< pipeline.inc
S: a1 OK [CAPABILITY IMAP4rev1] welcome
S: a2 BAD what is ID
S: a3 BAD what is ENABLE
S: a4 BAD what is QRESYNC
S: a5 BAD no mailbox
S: a6 BAD what is IDLE
C: a7 EXAMINE "INBOX"
C| a8 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a7 OK done
> opened 7/40
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 90 BODY[HEADER.FIELDS (FROM SUBJECT)] "")
> news 41 90 () 
S: a8 OK done
> synced
? method poll
? 5m
