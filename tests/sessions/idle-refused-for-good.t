# What refuses IDLE may refuse all: find out now, not at the first poll.
< open.inc
S: a3 OK done
> synced
S: a4 BAD Command received in Invalid state.
C: a5 NOOP
S: a5 BAD Command received in Invalid state.
> end closed: the server cannot look into the mailbox: Command received in Invalid state.
