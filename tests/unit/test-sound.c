/*
 * Sounds, played into a file by ALSA, which needs no sound card for that; and
 * which bubbles have one.
 */
#include "config.h"

#include "sinks/sound.h"
#include "tests/unit/notifyd.h"

static struct {
	char *directory, *out, *wav;
} studio;

static const char *const with_sound[] = {"body", "sound", NULL};
static const char *const no_sound[] = {"body", NULL};

static char *studio_path(const char *name)
{
	return g_build_filename(studio.directory, name, NULL);
}

static void studio_put(const char *name, const char *data, gssize size)
{
	g_autofree char *path = studio_path(name);
	g_autofree char *directory = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(directory, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, data, size, NULL));
}

/* A tenth of a second of noise: 44.1 kHz, mono, 16 bits. */
static void put_wav(const char *name)
{
	enum {
		SIZE = 8820
	};
	static const unsigned char head[44] = "RIFF\x98\x22\0\0WAVEfmt "
					      "\x10\0\0\0\1\0\1\0\x44\xac\0\0"
					      "\x88\x58\1\0\2\0\x10\0"
					      "data\x74\x22\0\0";
	char *data = g_malloc(sizeof head + SIZE);

	memcpy(data, head, sizeof head);
	memset(data + sizeof head, 0x55, SIZE);
	studio_put(name, data, (gssize)sizeof head + SIZE);
	g_free(data);
}

static void studio_open(void)
{
	g_autofree char *config = NULL, *text = NULL;

	studio.directory = g_dir_make_tmp("sound-XXXXXX", NULL);
	studio.out = studio_path("out");
	studio.wav = studio_path("ring.wav");
	config = studio_path("asound.conf");
	text = g_strdup_printf("pcm.!default { type file\n file \"%s\"\n"
			       " format raw\n slave.pcm \"none\" }\n"
			       "pcm.none { type null }\n",
	    studio.out);
	studio_put("asound.conf", text, -1);
	put_wav("ring.wav");
	studio_put("sounds/freedesktop/index.theme",
	    "[Sound Theme]\nName=test\nDirectories=stereo\n"
	    "[stereo]\nOutputProfile=stereo\n",
	    -1);
	put_wav("sounds/freedesktop/stereo/bell.wav");
	g_setenv("XDG_DATA_DIRS", studio.directory, TRUE);
	g_setenv("XDG_CACHE_HOME", studio.directory, TRUE);
	g_setenv("ALSA_CONFIG_PATH", config, TRUE);
	g_setenv("CANBERRA_DRIVER", "alsa", TRUE);
}

static void studio_close(void)
{
	const char *argv[] = {"rm", "-rf", "--", studio.directory, NULL};

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL,
	    G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
	g_free(studio.directory);
	g_free(studio.out);
	g_free(studio.wav);
}

/* Until what plays has ended; one that hangs is killed. */
static void wait_end(void)
{
	while (sound_is_playing())
		g_main_context_iteration(NULL, TRUE);
}

static bool was_heard(void)
{
	struct stat status;

	return stat(studio.out, &status) == 0 && status.st_size > 0;
}

static bool play(const char *sound)
{
	g_unlink(studio.out);
	sound_play(sound);
	g_assert_true(sound_is_playing());
	wait_end();
	return was_heard();
}

static void test_play(void)
{
	g_assert_true(play(studio.wav));
	g_assert_true(play("bell"));
	g_assert_false(play("no-such-sound"));
	g_assert_false(play("/no/such/file.wav"));
	g_assert_true(play("bell"));
}

/* Others are dropped while one plays. */
static void test_one(void)
{
	g_unlink(studio.out);
	sound_play("no-such-sound");
	sound_play(studio.wav);
	wait_end();
	g_assert_false(was_heard());
}

static void ring_sound(const char *sound)
{
	struct sink *sink = desktop_new();
	struct sink_event event = {.urgency = SINK_NORMAL, .sound = sound};
	struct answer answer;

	ring_event(sink, "Anna", "x", &event, &answer);
	wait_until(&answer.calls, 1);
	g_free(answer.text);
	sink->free(sink);
}

/* Ours, when the daemon does not play it. */
static void test_daemons(void)
{
	g_unlink(studio.out);
	bus_start();
	daemon_start(with_sound);
	ring_sound(studio.wav);
	g_assert_false(sound_is_playing());
	ring_sound("none");
	check_hint("suppress-sound", "true");
	check_hint("sound-name", NULL);
	daemon_stop();
	daemon_start(no_sound);
	ring_sound(NULL);
	check_hint("suppress-sound", NULL);
	ring_sound("none");
	g_assert_false(sound_is_playing());
	g_assert_false(was_heard());
	ring_sound("bell");
	g_assert_true(sound_is_playing());
	wait_end();
	g_assert_true(was_heard());
	daemon_stop();
}

/* And without one. */
static void test_no_daemon(void)
{
	g_unlink(studio.out);
	ring_sound(studio.wav);
	wait_end();
	g_assert_true(was_heard());
}

/* Not when it comes too late. */
static void test_late(void)
{
	struct sink *sink = desktop_new();
	struct sink_event event = {.urgency = SINK_NORMAL, .sound = "bell"};
	struct answer answer;

	g_unlink(studio.out);
	daemon_start(no_sound);
	world.mode = HANGS;
	ring_event(sink, "Anna", "x", &event, &answer);
	wait_until(&world.hung, 1);
	deadlines_come();
	wait_until(&answer.calls, 1);
	g_assert_nonnull(answer.text);
	g_free(answer.text);
	answer_late();
	ring_sound(NULL);
	g_assert_false(sound_is_playing());
	g_assert_false(was_heard());
	sink->free(sink);
	daemon_stop();
}

int main(int argc, char **argv)
{
	int result;

	if (argc == 3 && strcmp(argv[1], SOUND_ARGUMENT) == 0)
		return sound_main(argv[2]);
	unit_init(argv[0]);
	g_log_set_always_fatal(G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
	world_open();
	studio_open();
	/* Some builds have no driver for ALSA. */
	if (desktop_is_built() && sound_is_built() && play(studio.wav)) {
		g_test_add_func("/sound/play", test_play);
		g_test_add_func("/sound/one", test_one);
		g_test_add_func("/sound/daemons", test_daemons);
		g_test_add_func("/sound/no-daemon", test_no_daemon);
		g_test_add_func("/sound/late", test_late);
	}
	result = g_test_run();
	studio_close();
	world_close();
	return result;
}
