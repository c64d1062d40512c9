= starttls
S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS IDLE] hello
> end insecure: the server skips the login, so TLS cannot be started
