# Nor is it a fault that the server has no room.
< pipeline.inc
S: a1 NO [UNAVAILABLE] later
> end unavailable: the server refuses the login: later
