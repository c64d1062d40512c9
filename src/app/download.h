/*
 * The download of one message: its file in the Maildir, and what to make of
 * its failures.  When it is its turn is delivery's to know.
 */
#ifndef IDLEBELL_APP_DOWNLOAD_H
#define IDLEBELL_APP_DOWNLOAD_H

#include "app/disk.h"
#include "app/item.h"

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
