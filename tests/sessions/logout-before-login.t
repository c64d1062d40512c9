S: * OK ready
C: a1 CAPABILITY
! logout
> end
