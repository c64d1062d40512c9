/*
 * The inside of a road, shared by doctor-road.c (the secret, the name, and a
 * connection to each address) and doctor-visit.c (what is done at the server).
 * Nobody else includes this.
 */
#ifndef IDLEBELL_APP_DOCTOR_ROAD_H
#define IDLEBELL_APP_DOCTOR_ROAD_H

#include "app/doctor-inside.h"
#include "app/watch.h"
#include "net/secret.h"
#include <gio/gio.h>

/* In the order in which they come. */
enum doctor_stage {
	DOCTOR_PASSWORD,
	DOCTOR_NAME,
	DOCTOR_TCP,
	DOCTOR_TLS,
	DOCTOR_CERTIFICATE,
	DOCTOR_GREETING,
	DOCTOR_LOGIN,
	DOCTOR_CAPABILITIES,
	DOCTOR_MAILBOXES,
	DOCTOR_METHOD,
	DOCTOR_IDLE,
	DOCTOR_COUNT
};

/* A mailbox that is to be watched. */
struct doctor_box {
	char *name;
	char *failure; /* why it cannot be opened, or NULL */
	bool synced;
};

struct doctor_road {
	struct net *net;
	const struct settings *settings;
	const struct config_account *account;
	const char *clock;
	const struct doctor_road_events *events;
	void *data;

	struct loop_timer *timer; /* of the step, or of the end */
	enum doctor_stage step;   /* what is under way */
	bool over, locked;        /* locked: there is no secret */
	struct secret_request *secret;
	GCancellable *cancellable; /* of the name */
	GPtrArray *hosts;          /* char *: addresses */
	GPtrArray *attempts;
	struct doctor_finding *finding; /* of the step, or NULL */
	struct watch *watch;
	struct connector_target target;
	GPtrArray *listed; /* struct imap_listed */
	GPtrArray *boxes;  /* struct doctor_box; NULL: not chosen yet */
	GPtrArray *unmatched;
	int64_t rested; /* us, when IDLE was on for the first time; or 0 */
	enum imap_method home; /* of the one that is listened to */
};

/* ---- doctor-road.c ---- */

/* A step begins, which has so much time (ms). */
void doctor_road_begin(
    struct doctor_road *road, enum doctor_stage step, int64_t time);
/* What the finding says, if there is one. */
void doctor_road_tell(struct doctor_road *road);
/* The same, and that it ended the way: what would follow is skipped. */
void doctor_road_give_up(struct doctor_road *road);
/* Once nothing on the stack is the watch's any more it is over. */
void doctor_road_end(struct doctor_road *road);
/* Without TLS there is nothing to say of a certificate. */
bool doctor_road_concerns(
    const struct doctor_road *road, enum doctor_stage step);
extern const char *const doctor_stages[];

/* ---- doctor-visit.c ---- */

void doctor_visit_start(struct doctor_road *road);
/* Its time is over. */
void doctor_visit_late(struct doctor_road *road);

#endif
