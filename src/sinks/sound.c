/*
 * Who plays is /proc/self/exe, which is this program even when another file
 * has its name by now.
 */

#include "sinks/sound.h"
#include <glib.h>
#include <stdlib.h>

#ifdef HAVE_LIBCANBERRA
#include "os/process.h"
#include <canberra.h>

enum {
	PLAY_MAX = 30000 /* ms */
};

/* ---- the process ---- */

struct play {
	GMutex mutex;
	GCond cond;
	bool over;
	int code; /* of libcanberra */
};

/* In a thread of libcanberra's. */
static void on_over(ca_context *context, uint32_t id, int code, void *data)
{
	struct play *play = data;

	(void)context;
	(void)id;
	g_mutex_lock(&play->mutex);
	play->over = true;
	play->code = code;
	g_cond_signal(&play->cond);
	g_mutex_unlock(&play->mutex);
}

static int play_wait(struct play *play)
{
	g_mutex_lock(&play->mutex);
	while (!play->over)
		g_cond_wait(&play->cond, &play->mutex);
	g_mutex_unlock(&play->mutex);
	return play->code;
}

/* Not kept in the server's cache: we shall be another client then. */
static ca_proplist *describe(const char *sound)
{
	ca_proplist *list = NULL;

	ca_proplist_create(&list);
	ca_proplist_sets(list, CA_PROP_APPLICATION_NAME, "idlebell");
	ca_proplist_sets(list, CA_PROP_MEDIA_ROLE, "event");
	ca_proplist_sets(list,
	    g_path_is_absolute(sound) ? CA_PROP_MEDIA_FILENAME
				      : CA_PROP_EVENT_ID,
	    sound);
	ca_proplist_sets(list, CA_PROP_CANBERRA_CACHE_CONTROL, "never");
	return list;
}

/* Nothing is freed: unloading the driver of ALSA crashes now and then, as its
 * thread has not ended yet. */
int sound_main(const char *sound)
{
	static struct play play;
	ca_context *context = NULL;

	if (ca_context_create(&context) != 0 ||
	    ca_context_play_full(context, 1, describe(sound), on_over, &play) !=
		0 ||
	    play_wait(&play) != 0)
		_Exit(EXIT_FAILURE);
	_Exit(EXIT_SUCCESS);
}

/* ---- this one ---- */

static struct process *playing;

static void on_played(void *data, const struct process_result *result)
{
	(void)data;
	(void)result;
	playing = NULL;
}

bool sound_is_built(void)
{
	return true;
}

void sound_play(const char *sound)
{
	const char *argv[] = {"/proc/self/exe", SOUND_ARGUMENT, sound, NULL};
	const struct process_options options = {
	    .argv = argv,
	    .timeout = PLAY_MAX,
	};

	if (!playing)
		playing = process_start(&options, on_played, NULL, NULL);
}

bool sound_is_playing(void)
{
	return playing != NULL;
}

#else

bool sound_is_built(void)
{
	return false;
}

void sound_play(const char *sound)
{
	(void)sound;
}

bool sound_is_playing(void)
{
	return false;
}

int sound_main(const char *sound)
{
	(void)sound;
	return EXIT_FAILURE;
}

#endif
