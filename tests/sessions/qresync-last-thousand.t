# Asked is about the last thousand UIDs, which bounds the answer.
= known 7/5000
= modseq 50
< login-qresync.inc
C: a2 ENABLE QRESYNC
C| a3 EXAMINE "INBOX" (QRESYNC (7 50 4001:5000))
C| a4 UID FETCH 5001:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a5 IDLE
