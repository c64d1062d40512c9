"""The rigs of the end-to-end tests: private servers, a watcher, a runner.

Standard library only, so that a Debian with the build dependencies and
Dovecot can run every test.  Nothing here uses a fixed port or a fixed delay:
wait_until() is the one place that waits for something.
"""
