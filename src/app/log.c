/*
 * Lines on standard error.  A reader that hangs loses lines: it must not stop
 * the watch.
 */
#include "app/log.h"
#include "message/text.h"
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Shorter ones would hide half of all lines and are found in them by chance. */
enum {
	HIDDEN_MIN = 4,
	LINE_MAX_SIZE = 2048,
	/* ms that a reader who does not read is waited for, once */
	PATIENCE = 1000
};

static struct {
	enum log_level level;
	bool journal;
	bool deaf;     /* the reader did not read in time, and does not yet */
	unsigned lost; /* lines since */
	GPtrArray *hidden;
} log_state = {.level = LOG_LEVEL_INFO};

/* sd-daemon(3): priorities as in syslog. */
static const char *const prefixes[] = {
    [LOG_LEVEL_ERROR] = "<3>",
    [LOG_LEVEL_WARNING] = "<4>",
    [LOG_LEVEL_INFO] = "<5>",
    [LOG_LEVEL_VERBOSE] = "<6>",
    [LOG_LEVEL_STATES] = "<7>",
    [LOG_LEVEL_TRACE] = "<7>",
};

/* systemd.exec(5): $JOURNAL_STREAM is DEVICE:INODE of the journal's socket. */
static bool is_journal(void)
{
	const char *stream = g_getenv("JOURNAL_STREAM");
	g_autofree char *ours = NULL;
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
		return false;
	ours = g_strdup_printf(
	    "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, ours) == 0;
}

void log_open(enum log_level level)
{
	log_state.level = level;
	log_state.journal = is_journal();
}

bool log_enabled(enum log_level level)
{
	return level <= log_state.level;
}

static bool holds_hidden(const char *text)
{
	GPtrArray *hidden = log_state.hidden;

	for (unsigned i = 0; hidden != NULL && i < hidden->len; i++)
		if (strstr(text, hidden->pdata[i]) != NULL)
			return true;
	return false;
}

char *log_safe(const char *text)
{
	char *clean = text_clean(text, -1, LINE_MAX_SIZE);

	if (!holds_hidden(text) && !holds_hidden(clean))
		return clean;
	g_free(clean);
	return g_strdup("(hidden: the server repeated a secret)");
}

/* A pipe that can be written takes a line whole (pipe(7)). */
static bool has_room(void)
{
	struct pollfd wanted = {.fd = STDERR_FILENO, .events = POLLOUT};
	int count;

	do
		count = poll(&wanted, 1, log_state.deaf ? 0 : PATIENCE);
	while (count < 0 && errno == EINTR);
	log_state.deaf = count == 0;
	return count != 0;
}

static void put_line(
    enum log_level level, const char *subject, const char *text)
{
	fprintf(stderr, "%sidlebell: %s%s%s\n",
	    log_state.journal ? prefixes[level] : "",
	    subject != NULL ? subject : "", subject != NULL ? ": " : "", text);
}

static void tell_lost(void)
{
	g_autofree char *text = g_strdup_printf(
	    "%u lines are missing here: nobody read them", log_state.lost);

	log_state.lost = 0;
	put_line(LOG_LEVEL_WARNING, NULL, text);
}

void log_line(
    enum log_level level, const char *subject, const char *format, ...)
{
	g_autofree char *raw = NULL, *clean = NULL;
	va_list arguments;

	if (!log_enabled(level))
		return;
	va_start(arguments, format);
	raw = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	clean = log_safe(raw);
	if (log_state.lost > 0 && has_room())
		tell_lost();
	if (has_room())
		put_line(level, subject, clean);
	else
		log_state.lost++;
}

void log_hide(const char *secret)
{
	if (strlen(secret) < HIDDEN_MIN)
		return;
	if (log_state.hidden == NULL)
		log_state.hidden = g_ptr_array_new();
	g_ptr_array_add(log_state.hidden, (gpointer)secret);
}

void log_unhide(const char *secret)
{
	if (log_state.hidden != NULL)
		g_ptr_array_remove_fast(log_state.hidden, (gpointer)secret);
}
