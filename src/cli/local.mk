libworld_a_SOURCES += src/cli/cli.c
libworld_a_SOURCES += src/cli/cli.h
libworld_a_SOURCES += src/cli/cmd-check.c
libworld_a_SOURCES += src/cli/cmd-explain.c
libworld_a_SOURCES += src/cli/cmd-mailboxes.c
libworld_a_SOURCES += src/cli/cmd-watch.c
