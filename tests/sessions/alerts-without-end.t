# The same alert once, and ten at most.
< idling.inc
S: * NO [ALERT] Quota 0
S: * NO [ALERT] Quota 0
S: * NO [ALERT] Quota 1
S: * NO [ALERT] Quota 1
S: * NO [ALERT] Quota 2
S: * NO [ALERT] Quota 2
S: * NO [ALERT] Quota 3
S: * NO [ALERT] Quota 3
S: * NO [ALERT] Quota 4
S: * NO [ALERT] Quota 4
S: * NO [ALERT] Quota 5
S: * NO [ALERT] Quota 5
S: * NO [ALERT] Quota 6
S: * NO [ALERT] Quota 6
S: * NO [ALERT] Quota 7
S: * NO [ALERT] Quota 7
S: * NO [ALERT] Quota 8
S: * NO [ALERT] Quota 8
S: * NO [ALERT] Quota 9
S: * NO [ALERT] Quota 9
S: * NO [ALERT] Quota 10
S: * NO [ALERT] Quota 10
S: * NO [ALERT] Quota 11
S: * NO [ALERT] Quota 11
> alert Quota 0
> alert Quota 1
> alert Quota 2
> alert Quota 3
> alert Quota 4
> alert Quota 5
> alert Quota 6
> alert Quota 7
> alert Quota 8
> alert Quota 9
