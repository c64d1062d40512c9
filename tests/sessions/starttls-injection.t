# Plaintext behind the OK is somebody else's (RFC 9051 11.1).
= starttls
S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
C: a1 STARTTLS
S: a1 OK begin
S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
> starttls
> end insecure: plaintext behind the answer to STARTTLS: somebody tampers with this connection
