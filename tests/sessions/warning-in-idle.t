# Any other untagged NO is a warning (RFC 9051 7.1.2).
< idling.inc
S: * NO Mailbox is at 95% of quota
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
