# A part that the server decodes, NUL and all (RFC 3516); of one whose encoding
# it does not know it says so, and that comes as it is.
< idling.inc
S: * CAPABILITY IMAP4rev1 IDLE BINARY
! body 40 9 1 binary
C: DONE
C| a5 UID FETCH 40 (UID BINARY.PEEK[1]<0.131072>)
C| a6 IDLE
S: a4 OK done
S: * 10 FETCH (UID 40 BINARY[1]<0> ~{3}
L- a\0b
S: )
> piece 40 @0 3
S: a5 OK done
> body 40 ok decoded
S: + idling
! body 40 90 2 binary
C: DONE
C| a7 UID FETCH 40 (UID BINARY.PEEK[2]<0.131072>)
C| a8 IDLE
S: a6 OK done
S: a7 NO [UNKNOWN-CTE] what is x-uue?
S: + idling
C: DONE
C| a9 UID FETCH 40 (UID BODY.PEEK[2]<0.131072>)
C| a10 IDLE
S: a8 OK done
S: * 10 FETCH (UID 40 BODY[2]<0> "begin")
> piece 40 @0 5
S: a9 OK done
> body 40 ok
S: + idling
