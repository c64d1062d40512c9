= starttls
S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready
C: a1 STARTTLS
S: a1 OK begin
> starttls
? never
! secured
C: a2 CAPABILITY
S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
S: a2 OK done
> login
