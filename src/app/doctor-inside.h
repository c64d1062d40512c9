/*
 * The inside of the doctor, shared by doctor.c (who is looked at when, and what
 * is told), doctor-here.c (steps on this computer) and doctor-road.c with
 * doctor-visit.c (the way to a server, and what is done there).  Nobody else
 * includes this.
 */
#ifndef IDLEBELL_APP_DOCTOR_INSIDE_H
#define IDLEBELL_APP_DOCTOR_INSIDE_H

#include "app/doctor.h"
#include "net/stream.h"

/* ---- findings ---- */

/* Its time begins now. */
struct doctor_finding *doctor_finding_new(const char *step);
void doctor_finding_free(gpointer data);
/* Replaces what was said; a text that servers had a part in is cleaned. */
/* They translate their formats. */
void doctor_say(struct doctor_finding *finding, enum doctor_verdict verdict,
    const char *format, ...) G_GNUC_PRINTF(3, 4);
void doctor_fail(struct doctor_finding *finding, int status, const char *format,
    ...) G_GNUC_PRINTF(3, 4);
void doctor_advise(struct doctor_finding *finding, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* ---- steps that block, each in a thread with a deadline ---- */

struct doctor_place {
	const struct doctor_options *options;
	const struct config_account *account; /* NULL: of the computer */
};

struct doctor_step {
	const char *name;
	/* Changes nothing but the finding; without a word there is none. */
	void (*look)(
	    const struct doctor_place *place, struct doctor_finding *finding);
	const char *needs; /* skipped when this step has failed; or NULL */
};

/* Both end with a row whose name is NULL. */
extern const struct doctor_step doctor_here_steps[];
extern const struct doctor_step doctor_account_steps[];

bool doctor_is_wanted(const struct doctor_options *options, const char *name);

/* ---- the network ---- */

struct doctor_road;

struct doctor_road_events {
	/* Takes the finding over. */
	void (*tell)(void *data, struct doctor_finding *finding);
	/* Nothing comes any more; must not free the road. */
	void (*over)(void *data);
};

/* account: one of settings'.  clock: what is wrong with the clock here, or
 * NULL.  All must outlive it. */
struct doctor_road *doctor_road_new(struct net *net,
    const struct settings *settings, const struct config_account *account,
    const char *clock, const struct doctor_road_events *events, void *data);
void doctor_road_free(struct doctor_road *road);

#endif
