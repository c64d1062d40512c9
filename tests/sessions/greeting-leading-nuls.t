# Quirk 35.
S- \0\0* OK ready\r\n
C: a1 CAPABILITY
