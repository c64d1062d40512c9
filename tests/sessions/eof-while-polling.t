# Outlook hangs up ten seconds after the last command (quirk 20): an end like
# any other.
< polling.inc
+ 10s
! eof
> end closed: the server closed the connection
