# Dovecot's sign of life every two minutes (quirk 5), split as it comes.
< idling.inc
S- * OK Still 
+ 2m
S- here\r\n
S: * OK Still here
? 13m
