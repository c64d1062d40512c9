S: HTTP/1.1 400 Bad Request
> end protocol: this does not look like an IMAP server: it says "HTTP/1.1 400 Bad Request"
