# A login that is refused is just that, whatever is said to the rest.
< pipeline.inc
S: a1 NO [AUTHENTICATIONFAILED] no
> end refused: the server refuses the login: no
S: a2 BAD Please login first
S: * BYE Too many invalid IMAP commands.
