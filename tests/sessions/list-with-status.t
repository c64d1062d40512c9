= goal list
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> login
! login LOGIN a b
C! a1 LOGIN a b
S: a1 OK [CAPABILITY IMAP4rev1 LIST-EXTENDED LIST-STATUS SPECIAL-USE] in
C: a2 LIST "" "*" RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))
S: * LIST (\HasNoChildren \Sent) "/" Sent
S: * STATUS Sent (MESSAGES 5 UNSEEN 0)
S: * LIST (\Noselect) "/" Lists
S: * LIST () "/" "Entw&APw-rfe"
S: * STATUS "Entw&APw-rfe" (MESSAGES 1 UNSEEN 1)
S: a2 OK done
> listed Sent (\HasNoChildren \Sent) 5/0
> listed Lists (\Noselect) no
> listed Entwürfe () 1/1
C: a3 LOGOUT
S: * BYE
S: a3 OK
> end
