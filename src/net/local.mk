libworld_a_SOURCES += src/net/connector.c src/net/connector.h
libworld_a_SOURCES += src/net/error.c src/net/error.h
libworld_a_SOURCES += src/net/login.c src/net/login.h
libworld_a_SOURCES += src/net/secret.c src/net/secret.h
libworld_a_SOURCES += src/net/stream.c src/net/stream.h
libworld_a_SOURCES += src/net/tls.c src/net/tls.h
