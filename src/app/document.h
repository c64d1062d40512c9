/*
 * The status of the whole watcher, as one JSON object.
 */
#ifndef IDLEBELL_APP_DOCUMENT_H
#define IDLEBELL_APP_DOCUMENT_H

#include "app/account.h"
#include "config/shard.h"

/* Writes the member "status", an object: of those accounts (struct account)
 * that names tells, or of all when it is empty; started: wall clock, s. */
void document_write(const GPtrArray *accounts, const char *const *names,
    int64_t started, const struct config_shard *shard, struct emit *emit);

/* Is the account meant by names?  All are when there is none. */
bool document_names(const struct account *account, const char *const *names);

#endif
