# What is not known is skipped.
< idling.inc
S: * XLIST (\Inbox) "/" INBOX
S: * QUOTA "" (STORAGE 1 2)
S: * 5 XYZZY (a b {$}
L: * BYE
S: )
S: * OK [XCODE (a b)] text {5}
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
