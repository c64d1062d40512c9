libcore_a_SOURCES += src/imap/capability.h
libcore_a_SOURCES += src/imap/command.h
libcore_a_SOURCES += src/imap/framer.h
libcore_a_SOURCES += src/imap/limits.h
libcore_a_SOURCES += src/imap/response.h
libcore_a_SOURCES += src/imap/session.h
