= goal list
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK in
C: a2 CAPABILITY
S: * CAPABILITY IMAP4rev1
S: a2 OK done
C: a3 LIST "" "*"
S: * LIST () "." INBOX
S: * LIST (\NoSelect) "." "a b"
S: * LIST () NIL odd
S: a3 OK done
C: a4 STATUS "INBOX" (MESSAGES UNSEEN)
C| a5 STATUS "odd" (MESSAGES UNSEEN)
S: * STATUS INBOX (MESSAGES 3 UNSEEN 2)
S: a4 OK done
S: a5 NO no such mailbox
> listed INBOX () 3/2
> listed a b (\NoSelect) no
> listed odd ()
C: a6 LOGOUT
! eof
> end
