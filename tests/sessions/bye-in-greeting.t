S: * BYE Too many connections
> end unavailable: the server ended the connection: Too many connections
