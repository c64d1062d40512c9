/*
 * A state directory for one test.
 */
#ifndef IDLEBELL_TESTS_PLACE_H
#define IDLEBELL_TESTS_PLACE_H

#include "os/file.h"
#include "store/state.h"
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct place {
	char *base, *path;
	struct state *state;
	int fd;
};

static inline void place_open(struct place *place, gconstpointer data)
{
	(void)data;
	place->base = g_dir_make_tmp("state-XXXXXX", NULL);
	place->path = g_build_filename(place->base, "idlebell", NULL);
	g_setenv("XDG_STATE_HOME", place->base, TRUE);
	place->state = state_open(NULL, NULL);
	g_assert_nonnull(place->state);
	place->fd = state_directory(place->state);
}

static inline void place_close(struct place *place, gconstpointer data)
{
	GDir *dir = g_dir_open(place->path, 0, NULL);
	const char *name;

	(void)data;
	while ((name = g_dir_read_name(dir)))
		unlinkat(place->fd, name, 0);
	g_dir_close(dir);
	state_free(place->state);
	g_rmdir(place->path);
	g_assert_cmpint(g_rmdir(place->base), ==, 0);
	g_free(place->base);
	g_free(place->path);
}

/* Puts size octets there, whatever was there before. */
static inline void place_write(
    struct place *place, const char *name, const char *data, size_t size)
{
	g_assert_true(file_replace(place->fd, name, data, size, NULL));
}

static inline char *place_read(struct place *place, const char *name)
{
	return file_read(place->fd, name, 16 * 1024 * 1024, NULL, NULL);
}

static inline bool place_has(struct place *place, const char *name)
{
	return faccessat(place->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* For g_test_add(). */
#define PLACE_ADD(path, fn) \
	g_test_add(path, struct place, NULL, place_open, fn, place_close)

#endif
