S: * OK ready
C: a1 CAPABILITY
S: a1 BAD what
> end protocol: the server does not tell its capabilities: what
