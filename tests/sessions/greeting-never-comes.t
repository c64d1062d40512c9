? 30s
+ 30s
> end timeout: no greeting within 30 s
