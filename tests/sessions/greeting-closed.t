! eof
> end closed: the server closed the connection without a greeting
