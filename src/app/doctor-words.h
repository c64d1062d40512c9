/*
 * What the doctor says of an account: findings of the network as sentences,
 * and what to do about them.  Used by doctor-road.c only.
 */
#ifndef IDLEBELL_APP_DOCTOR_WORDS_H
#define IDLEBELL_APP_DOCTOR_WORDS_H

#include "app/doctor-inside.h"
#include "imap/session.h"
#include "net/tls.h"

/* error NULL: it came. */
void doctor_words_secret(struct doctor_finding *finding,
    const struct config_account *account, const GError *error);
void doctor_words_late(struct doctor_finding *finding,
    const struct config_account *account, int seconds);
/* An address that costs time, while another works. */
void doctor_words_broken(
    struct doctor_finding *finding, bool v6, const GError *error);
void doctor_words_certificate(struct doctor_finding *finding,
    const struct tls_certificate *certificate, bool pinned);
/* first: it has not said a word. */
void doctor_words_silence(struct doctor_finding *finding,
    const struct config_account *account, bool first);
void doctor_words_greeting(struct doctor_finding *finding,
    const struct config_account *account,
    const struct imap_capabilities *capabilities);
void doctor_words_capabilities(struct doctor_finding *finding,
    const struct config_account *account,
    const struct imap_capabilities *capabilities);
/* Appends what is wrong with a mailbox, and the names nearest to it of those
 * listed (struct imap_listed). */
void doctor_words_missing(GString *bad, GString *advice,
    const GPtrArray *listed, const char *name, const char *why);
/* Appends how one mailbox is watched. */
void doctor_words_method(GString *text, const struct config_account *account,
    const char *name, enum imap_method method);
/* home: how the first is; why not by something better, or NULL. */
void doctor_words_methods(struct doctor_finding *finding,
    const struct config_account *account, enum imap_method home,
    const char *why, const GString *text);
void doctor_words_idle(struct doctor_finding *finding, enum imap_method home);
/* begun: "+" has come. */
void doctor_words_dead(struct doctor_finding *finding, bool begun);
/* What to do about an error; clock: what is wrong with it, or NULL. */
void doctor_words_advise(struct doctor_finding *finding,
    const struct config_account *account, const char *clock,
    const GError *error);

#endif
