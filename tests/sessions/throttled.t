# Exchange (quirk 16).
= known 7/40
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
S: * 12 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
> opened 7/40
S: a3 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds
> end unavailable: the server does not hand out new messages: Request is throttled. Suggested Backoff Time: 92415 milliseconds
? patience 92415ms
