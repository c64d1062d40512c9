# Makes the template unit idlebell@.service of idlebell.service.
1,/^\[Unit\]/c\
# idlebell as systemd user services that share the accounts of one\
# configuration.  The instance's name says which part: of four computers, or\
# of four services on one, the first has\
#\
#   systemctl --user enable --now idlebell@1-of-4\
#   systemctl --user reload idlebell@1-of-4\
#   idlebell --shard 1/4 status\
#\
# Each needs the same configuration; see SHARDS in idlebell(1) for how to get\
# from four to five.\
\
[Unit]
s/^Description=.*/Description=Mail notifier (IMAP IDLE), shard %i/
s/^Exec\(Start\|Reload\)=.*idlebell /&--shard %i /
