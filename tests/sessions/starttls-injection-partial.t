= starttls
S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
C: a1 STARTTLS
S- a1 OK begin\r\n*
> starttls
> end insecure: plaintext behind the answer to STARTTLS: somebody tampers with this connection
