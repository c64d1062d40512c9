# The road of a session.
= states
= starttls
S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
> state starttls
C: a1 STARTTLS
S: a1 OK begin
> state handshake
> starttls
! secured
> state capability
C: a2 CAPABILITY
S: * CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE
S: a2 OK done
> state credentials
> login
! login LOGIN a b
> state login
C! a3 LOGIN a b
S: a3 OK [CAPABILITY IMAP4rev1 IDLE] in
> state opening
C: a4 EXAMINE "INBOX"
C| a5 IDLE
S: * 0 EXISTS
S: * OK [UIDVALIDITY 1] .
S: a4 OK done
> state syncing
> opened 1/0 reset
> state watching
> synced
S: + idling
! logout
> state logout
C: DONE
C| a6 LOGOUT
S: a5 OK done
S: a6 OK done
> state ended
> end
