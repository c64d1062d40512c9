# Modified UTF-7 and quoting.
= mailbox Entwürfe "&"
< login.inc
C: a2 EXAMINE "Entw&APw-rfe \"&-\""
C| a3 IDLE
