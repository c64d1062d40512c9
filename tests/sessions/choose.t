# The owner chooses from all mailboxes, and again when there are others.
= choose
= namespaces
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 IDLE NAMESPACE LIST-EXTENDED LIST-STATUS SPECIAL-USE] in
C: a2 NAMESPACE
C| a3 LIST "" "*" RETURN (SPECIAL-USE)
S: * NAMESPACE (("INBOX." ".")) NIL NIL
S: a2 OK done
S: * LIST (\HasChildren) "." INBOX
S: * LIST (\HasNoChildren \Sent) "." INBOX.Sent
S: * LIST (\HasNoChildren) NIL flat
S: a3 OK done
> prefix "INBOX." delimiter .
> listed INBOX (\HasChildren)
> prefix "INBOX." delimiter .
> listed INBOX.Sent (\HasNoChildren \Sent)
> prefix "INBOX." delimiter -
> listed flat (\HasNoChildren)
> choose
! choose INBOX 7/40|INBOX.Sent
C: a4 EXAMINE "INBOX"
C| a5 UID FETCH 41:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])
C| a6 STATUS "INBOX.Sent" (MESSAGES UIDNEXT UIDVALIDITY)
C| a7 IDLE
S: * 10 EXISTS
S: * OK [UIDVALIDITY 7] .
S: * OK [UIDNEXT 41] .
S: a4 OK done
> opened 7/40
S: a5 OK done
> synced
S: * STATUS INBOX.Sent (MESSAGES 10 UIDNEXT 21 UIDVALIDITY 8)
> INBOX.Sent: opened 8/20 reset
> INBOX.Sent: synced
S: a6 OK done
S: + idling
+ 5m
C: DONE
C| a8 NOOP
C| a9 LIST "" "*" RETURN (SPECIAL-USE)
S: a7 OK done
S: a8 OK done
# The order and what is marked do not matter.
S: * LIST (\HasNoChildren) NIL flat
S: * LIST (\HasNoChildren \Marked) "." INBOX
S: * LIST (\HasNoChildren \Sent) "." INBOX.Sent
S: a9 OK done
C: a10 STATUS "INBOX.Sent" (MESSAGES UIDNEXT UIDVALIDITY)
C| a11 IDLE
S: * STATUS INBOX.Sent (MESSAGES 10 UIDNEXT 21 UIDVALIDITY 8)
S: a10 OK done
S: + idling
+ 5m
C: DONE
C| a12 NOOP
C| a13 LIST "" "*" RETURN (SPECIAL-USE)
S: a11 OK done
S: a12 OK done
S: * LIST (\HasNoChildren) NIL flat
S: * LIST () "." INBOX
S: * LIST () "." INBOX.Work
S: a13 OK done
> prefix "INBOX." delimiter -
> listed flat (\HasNoChildren)
> prefix "INBOX." delimiter .
> listed INBOX ()
> prefix "INBOX." delimiter .
> listed INBOX.Work ()
> choose
C: a14 STATUS "INBOX.Sent" (MESSAGES UIDNEXT UIDVALIDITY)
C| a15 IDLE
! choose INBOX|INBOX.Work
S: a14 NO [NONEXISTENT] it is gone
S: + idling
C: DONE
C| a16 STATUS "INBOX.Work" (MESSAGES UIDNEXT UIDVALIDITY)
C| a17 IDLE
S: a15 OK done
S: * STATUS INBOX.Work (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 9)
> INBOX.Work: opened 9/0 reset
> INBOX.Work: synced
S: a16 OK done
S: + idling
