# Exchange, after an hour.
< idling.inc
S: * BYE Session invalidated - AccessTokenExpired
> end closed: the access token is too old, a new login is due: Session invalidated - AccessTokenExpired
