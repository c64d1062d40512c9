# What a session says of itself.
= known 7/40
? look never
? idling 0ms
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a4 IDLE
? idling 1ms
? look never
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a2 OK done
> opened 7/40
S: a3 OK done
> synced
S: + idling
? look 15m
+ 4m
? look 11m
? heard 4m
! refresh
C: DONE
C| a5 NOOP
C| a6 IDLE
? heard 4m
? look never
? idling 1ms
? patience 0ms
