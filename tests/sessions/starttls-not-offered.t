# Stripped by somebody in between: no login in plaintext.
= starttls
S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
> end insecure: the server does not offer STARTTLS on this port; try tls = implicit (port 993)
