S: SSH-2.0-OpenSSH_9.2
> end protocol: this does not look like an IMAP server: it says "SSH-2.0-OpenSSH_9.2"
