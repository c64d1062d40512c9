# The special uses, asked for at any time; another mailbox; nothing is looked
# for in it, whatever comes.
= goal task
= writable
S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
> login
! login AUTHENTICATE PLAIN AGEAYg==
C! a1 AUTHENTICATE PLAIN AGEAYg==
S: a1 OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE SPECIAL-USE LIST-EXTENDED NAMESPACE NOTIFY QRESYNC] welcome
C: a2 SELECT "INBOX"
! list
S: * 3 EXISTS
S: * OK [UIDVALIDITY 7] .
S: a2 OK done
> opened 7/0
> synced
C: a3 NAMESPACE
C| a4 LIST "" "*" RETURN (SPECIAL-USE)
S: * NAMESPACE (("" "/")) NIL NIL
S: a3 OK done
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\Archive) "/" Old
S: a4 OK done
> listed INBOX (\HasNoChildren)
> listed Old (\Archive)
> choose
S: * 4 EXISTS
S: * 4 FETCH (UID 44 FLAGS ())
S: * 0 EXISTS
? never
# It is asked for again, and the same.
! list
C: a5 LIST "" "*" RETURN (SPECIAL-USE)
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\Archive) "/" Old
S: a5 OK done
> listed INBOX (\HasNoChildren)
> listed Old (\Archive)
> choose
! choose Old 9/0
C: a6 SELECT "Old"
S: * OK [CLOSED] .
S: * 1 EXISTS
S: * OK [UIDVALIDITY 9] .
S: a6 OK done
> opened 9/0
> synced
! act 3 +\Seen
C: a7 UID FETCH 3 (UID FLAGS)
! choose INBOX
> Old: done closed: its mailbox is not open any more
S: a7 OK done
C: a8 SELECT "INBOX"
S: * OK [UIDVALIDITY 7] .
S: a8 OK done
> opened 7/0
> synced
! list
C: a9 LIST "" "*" RETURN (SPECIAL-USE)
S: a9 NO not now
> end unavailable: the server does not list its mailboxes: not now
