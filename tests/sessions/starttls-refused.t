= starttls
S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
C: a1 STARTTLS
S: a1 NO not today
> end insecure: the server refuses STARTTLS: not today
