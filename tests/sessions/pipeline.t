< pipeline.inc
S: a1 OK [CAPABILITY IMAP4rev1 ID ENABLE IDLE QRESYNC] welcome
S: a2 OK done
< pipeline-ok.inc
? remember something
? idling 1ms
# Later failures have nothing to do with it.
! eof
> end closed: the server closed the connection
