# One that asks for more has taken the next command for it.
< pipeline.inc
S: + and?
> fault 16: the server asks for more than the login
> end protocol: the server asks for more than the login
