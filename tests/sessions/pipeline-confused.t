# Cyrus 3.6 behind AUTHENTICATE: the login is answered twice, and what came
# behind it is lost.
< pipeline.inc
S: a1 OK [CAPABILITY IMAP4rev1 ID ENABLE IDLE QRESYNC] welcome
S: a1 BAD Already authenticated
> fault 16: the server confuses the commands behind the login
> end protocol: the server confuses the commands behind the login
