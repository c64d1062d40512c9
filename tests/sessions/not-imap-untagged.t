# An untagged line that is no greeting is waited past, within the time.
S: * 5 EXISTS
? 30s
S: * OK ready
C: a1 CAPABILITY
