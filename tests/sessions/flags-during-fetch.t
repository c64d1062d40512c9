# A flag change of the new message, without header, crosses the FETCH
# (quirk 31): one piece of news, with its header.
< idling.inc
S: * 11 EXISTS
C: DONE
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 IDLE
S: a4 OK done
S: * 11 FETCH (UID 41 FLAGS (\Seen))
S: * 3 FETCH (FLAGS (\Flagged))
S: * 3 FETCH (UID 33 FLAGS (\Flagged))
> flags 33 (\Flagged)
S: * 11 FETCH (UID 41 FLAGS (\Recent) INTERNALDATE "22-Nov-2026 10:00:00 +0000" RFC822.SIZE 500 BODY[HEADER.FIELDS (FROM SUBJECT)] {$}
L: From: boss@example.org
L: Subject: Hi
L: 
S: )
> news 41 500 (\Recent) From: boss@example.org| Subject: Hi| |
S: a5 OK done
> synced
S: + idling
