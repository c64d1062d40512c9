# 163.com without ID (quirk 25): it says what it wants.
< login.inc
C: a2 EXAMINE "INBOX"
C| a3 IDLE
S: a2 NO EXAMINE Unsafe Login. Please contact kefu@188.com for help
> end mailbox: the mailbox cannot be opened: EXAMINE Unsafe Login. Please contact kefu@188.com for help
