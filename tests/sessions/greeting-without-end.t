# A greeting that goes on and on.
S- * OK
S* x*20000
> end protocol: this does not look like an IMAP server: no greeting in its first 16384 octets
