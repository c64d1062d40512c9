/*
 * The download of one message: its file in the Maildir, and what to make of
 * its failures.  When it is its turn is delivery's to know.
 */
#ifndef IDLEBELL_APP_DOWNLOAD_H
#define IDLEBELL_APP_DOWNLOAD_H

#include "app/disk.h"
#include "app/item.h"

/* It takes its time, and no connection that brings news: large, the text of
 * what is not small, or for a command. */
bool download_is_slow(const struct item *item);
/* Of one that is slow: how it is wished for, which points into item. */
struct fetching_wish download_wish(const struct item *item);
/* That has ended. */
void download_fetched(struct item *item, struct disk *disk, const char *file,
    const GError *error);
/* Its hook does not wait for it any longer; *due is when that is, if it is
 * earlier. */
bool download_is_late(const struct item *item, int64_t now, int64_t *due);

/* A try may begin; else its time has not come, or it is given up. */
bool download_may_begin(struct item *item, const struct disk *disk);
/* Opens its file: true when its body is to be asked for.  Else it is over
 * (item->wants_body is false), or the disk is not ready. */
bool download_open(struct item *item, struct disk *disk);
/* Drops the file: it begins anew. */
void download_close(struct item *item);
/* The bytes as they come; those that cannot be stored are dropped. */
void download_piece(
    struct item *item, uint64_t offset, const char *bytes, size_t size);
/* All of it has come.  True when storing it shows that the disk is well
 * again. */
bool download_store(struct item *item, struct disk *disk);
/* It will not be had. */
void download_give_up(struct item *item, const char *why);

#endif
