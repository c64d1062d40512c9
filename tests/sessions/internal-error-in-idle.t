# Dovecot, whose mailbox was made anew under it, complains at each look and
# answers OK: nothing would come of it any more.
< idling.inc
S: * NO Internal error occurred. Refer to server log for more information.
> end closed: the server lost its hold of the mailbox: Internal error occurred. Refer to server log for more information.
