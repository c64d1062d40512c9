/*
 * What the parts of the scripted server share: server.c is its life and who
 * controls it, client.c connections and octets, speech.c the protocol.
 */
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <glib.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>

struct account {
	char *name;
	GSList *clients;
	uint32_t *messages; /* of each mailbox */
};

/* Idle connections have no buffers. */
struct client {
	int fd;
	gnutls_session_t tls; /* NULL: plaintext */
	struct account *account;
	int selected;  /* index of the mailbox, -1: none */
	uint32_t told; /* messages in it that the client knows of */
	bool handshaken, idling, stuck, ending, wants_out;
	char *tag;    /* of IDLE or AUTHENTICATE, which is not over */
	char *notify; /* what to FETCH of news (RFC 5465) */
	GString *in, *out;
};

struct server_options {
	const char *certificate, *key, *capabilities, *mailboxes;
	gboolean only_1_2, no_tickets;
	int messages;
};

struct server_stats {
	unsigned accepted, handshakes, resumed, connections, idling, commands;
	uint64_t up, down;
};

extern struct server_options server_options;
extern struct server_stats server_stats;
extern char **server_mailboxes;
extern GHashTable *server_accounts; /* by name */
extern int server_epoll;

/* The account of that name, made when first asked for. */
struct account *server_account(const char *name);

/* A client is in IDLE: somebody may wait for so many. */
void server_idles(void);

/* Before the first client; ends the program when it cannot be done. */
void client_prepare(void);

/* Takes the socket.  Free it with client_free(). */
struct client *client_new(int fd);

void client_free(gpointer data);

/* False: it has ended and is to be freed. */
bool client_serve(struct client *client, uint32_t events);

/* A line; on its way with the next client_flush(). */
void client_say(struct client *client, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

void client_flush(struct client *client);
void client_stop_idle(struct client *client);

void speech_greet(struct client *client);

/* All whole lines that have come in. */
void speech_take(struct client *client);

/* EXISTS, and what NOTIFY asked for, if there is anything new. */
void speech_exists(struct client *client);

/* items: those of STATUS, in capitals. */
void speech_status(struct client *client, int mailbox, const char *items);

/* The index of that name, -1: there is none. */
int speech_find(const char *name);

#endif
