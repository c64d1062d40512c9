# A side with news is visited, and home caught up behind it, in one write each.
< sides.inc
+ 5m
C: DONE
C| a6 NOOP
C| a7 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY))
C| a8 IDLE
S: a5 OK done
S: a6 OK done
S: * STATUS Work (MESSAGES 4 UIDNEXT 12 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a7 OK done
S: + idling
C: DONE
C| a9 EXAMINE "Work"
C| a10 UID FETCH 11:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
# Of home, still.
S: * 11 EXISTS
S: * 3 FETCH (UID 33 FLAGS (\Seen))
> flags 33 (\Seen)
S: a8 OK done
S: * 4 EXISTS
S: * OK [UIDVALIDITY 5] .
S: * OK [UIDNEXT 12] .
S: a9 OK done
S: * 4 FETCH (UID 11 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: To work
L: 
S: )
> Work: news 11 500 () Subject: To work| |
S: a10 OK done
> Work: synced
C: a11 EXAMINE "INBOX"
C| a12 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a13 IDLE
S: * 11 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 42] .
S: a11 OK done
S: * 11 FETCH (UID 41 FLAGS () INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: Subject: To home
L: 
S: )
> news 41 500 () Subject: To home| |
S: a12 OK done
> synced
S: + idling
# The next look finds nothing new.
+ 5m
C: DONE
C| a14 NOOP
C| a15 LIST "" ("Work" "Lists/a b") RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN))
C| a16 IDLE
S: a13 OK done
S: a14 OK done
S: * STATUS Work (MESSAGES 4 UIDNEXT 12 UIDVALIDITY 5)
S: * STATUS "Lists/a b" (MESSAGES 4 UIDNEXT 21 UIDVALIDITY 6)
S: a15 OK done
S: + idling
? look 5m
