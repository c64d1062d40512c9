/*
 * The message meets the criteria of its rule as far as one can be made up from
 * patterns; what the rule does is done in any case.
 */
#include "app/trial.h"
#include "app/item.h"
#include "os/file.h"
#include "sinks/bus.h"
#include "sinks/desktop.h"
#include "sinks/hook.h"
#include <gmime/gmime.h>
#include <string.h>

enum {
	SIZE = 2048, /* octets of the message, unless a criterion wants it */
};

struct trial {
	const struct trial_options *options;
	GMainLoop *loop;
	struct item *item;
	struct verdict verdict;
	unsigned waiting, rung, failed;
};

/* One sink that rings. */
struct bell {
	struct trial *trial;
	const char *name, *what;
	int64_t started;
};

/* ---- the message ---- */

/* Text that a glob fits; stars stand for star.  NULL: it is an exclusion or a
 * regular expression. */
static char *make_example(const char *pattern, const char *star)
{
	GString *example = g_string_new(NULL);

	if (*pattern == '!' || *pattern == '/') {
		g_string_free(example, TRUE);
		return NULL;
	}
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '*')
			g_string_append(example, star);
		else
			g_string_append_c(
			    example, *pattern == '?' ? 'x' : *pattern);
	}
	return g_string_free(example, FALSE);
}

static const char *find_value(const struct config_rule *rule, const char *name)
{
	for (unsigned i = 0; rule != NULL && i < rule->criteria->len; i++) {
		const struct config_criterion *criterion =
		    rule->criteria->pdata[i];

		if (strcmp(criterion->name, name) == 0)
			return criterion->value;
	}
	return NULL;
}

/* Of the first pattern of a criterion that there is an example of, or NULL. */
static char *make_value(
    const struct config_rule *rule, const char *criterion, const char *star)
{
	const char *value = find_value(rule, criterion);
	g_auto(GStrv) patterns =
	    g_strsplit(value != NULL ? value : "", ",", -1);
	char *example = NULL;

	for (char **pattern = patterns; *pattern != NULL && example == NULL;
	     pattern++)
		example = make_example(g_strstrip(*pattern), star);
	if (example != NULL && *example == '\0')
		g_clear_pointer(&example, g_free);
	return example;
}

/* "NAME: TEXT", of the rule or as it is usual. */
static void add_field(GString *header, const struct config_rule *rule,
    const char *criterion, const char *name, const char *star,
    const char *usual)
{
	g_autofree char *value = make_value(rule, criterion, star);

	if (value == NULL && usual == NULL)
		return;
	g_string_append_printf(
	    header, "%s: %s\r\n", name, value != NULL ? value : usual);
}

static void add_address(GString *header, const struct config_rule *rule,
    const char *criterion, const char *name, const char *usual)
{
	g_autofree char *value = make_value(rule, criterion, "somebody");

	if (value != NULL && strchr(value, '@') == NULL)
		g_clear_pointer(&value, g_free);
	if (value != NULL || usual != NULL)
		g_string_append_printf(
		    header, "%s: %s\r\n", name, value != NULL ? value : usual);
}

static void add_list_id(GString *header, const struct config_rule *rule)
{
	g_autofree char *value = make_value(rule, "list_id", "test");

	if (value != NULL)
		g_string_append_printf(header, "List-ID: <%s>\r\n", value);
}

/* "X-Spam: yes*" */
static void add_other_field(GString *header, const struct config_rule *rule)
{
	const char *value = find_value(rule, "header");
	g_auto(GStrv) parts = g_strsplit(value != NULL ? value : "", ":", 2);
	g_autofree char *example = NULL;

	if (parts[0] == NULL || parts[1] == NULL)
		return;
	example = make_example(g_strstrip(parts[1]), "test");
	if (example != NULL)
		g_string_append_printf(
		    header, "%s: %s\r\n", g_strstrip(parts[0]), example);
}

static GString *make_header(const struct trial_options *options)
{
	const struct config_rule *rule = options->rule;
	GString *header = g_string_new(NULL);
	g_autoptr(GDateTime) now = g_date_time_new_now_local();
	/* Its names of days and months are English in any locale. */
	g_autofree char *date = g_mime_utils_header_format_date(now);

	add_address(
	    header, rule, "from", "From", "idlebell <test@idlebell.invalid>");
	add_address(header, rule, "to", "To", "you@idlebell.invalid");
	add_address(header, rule, "cc", "Cc", NULL);
	add_field(header, rule, "subject", "Subject", "test",
	    "This is a test: nothing has come");
	add_list_id(header, rule);
	add_other_field(header, rule);
	g_string_append_printf(header,
	    "Date: %s\r\nMessage-ID: <test.%" G_GINT64_FORMAT
	    "@idlebell.invalid>\r\n\r\n",
	    date, g_get_real_time());
	return header;
}

static uint64_t make_size(const struct config_rule *rule)
{
	const char *larger = find_value(rule, "larger");
	const char *smaller = find_value(rule, "smaller");

	if (larger != NULL)
		return g_ascii_strtoull(larger, NULL, 10) + 1;
	if (smaller != NULL)
		return MIN(SIZE, g_ascii_strtoull(smaller, NULL, 10) / 2);
	return SIZE;
}

static struct message *make_message(const struct trial_options *options)
{
	g_autofree char *mailbox = make_value(options->rule, "mailbox", "test");
	g_autofree char *flags = make_value(options->rule, "flags", "");
	const struct message_source source = {
	    .account = options->account->name,
	    .mailbox = mailbox != NULL ? mailbox : "INBOX",
	    .uidvalidity = 1,
	    .uid = 1,
	    .size = make_size(options->rule),
	    .flags = flags,
	};
	g_autoptr(GString) header = make_header(options);

	message_init();
	return message_new(&source, header->str, header->len);
}

const struct config_account *trial_account(
    const struct config *config, const struct config_rule *rule)
{
	g_autofree char *name = make_value(rule, "account", "");
	const struct config_account *account =
	    name != NULL ? config_find_account(config, name) : NULL;

	return account != NULL ? account : config->accounts->pdata[0];
}

/* ---- ringing ---- */

static void answer(struct bell *bell, const char *trouble)
{
	struct trial *trial = bell->trial;
	const struct trial_answer told = {
	    .sink = bell->name,
	    .what = bell->what,
	    .trouble = trouble,
	    .took = g_get_monotonic_time() - bell->started,
	};

	trial->rung++;
	if (trouble != NULL)
		trial->failed++;
	trial->options->fn(trial->options->data, &told);
}

/* The daemon plays it, or does not and says nothing. */
static char *find_sound_trouble(const char *sound)
{
	g_autofree char *path = file_expand(sound);
	g_autoptr(GError) error = NULL;
	struct bus_desktop desktop;
	bool plays;

	if (g_path_is_absolute(path) &&
	    !g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return g_strdup_printf("there is no file %s", path);
	if (!bus_ask_desktop(&desktop, &error))
		return g_strdup(error->message);
	plays =
	    g_strv_contains((const char *const *)desktop.capabilities, "sound");
	bus_desktop_clear(&desktop);
	return plays ? NULL
		     : g_strdup("the notification daemon plays no sounds (it "
				"has no capability \"sound\")");
}

static void try_sound(struct trial *trial)
{
	const char *sound = trial->verdict.sound;
	struct bell bell = {.trial = trial,
	    .name = "sound",
	    .what = sound,
	    .started = g_get_monotonic_time()};
	g_autofree char *trouble =
	    sound != NULL ? find_sound_trouble(sound) : NULL;

	if (sound != NULL)
		answer(&bell, trouble);
}

static void taken(void *data, const GError *error)
{
	struct bell *bell = data;
	struct trial *trial = bell->trial;

	answer(bell, error != NULL ? error->message : NULL);
	if (strcmp(bell->name, "bubble") == 0 && error == NULL)
		try_sound(trial);
	g_free(bell);
	if (--trial->waiting == 0)
		g_main_loop_quit(trial->loop);
}

static void ring(
    struct trial *trial, struct sink *sink, const char *name, const char *what)
{
	struct bell *bell = g_new0(struct bell, 1);
	struct sink_event event = item_event(trial->item);

	event.test = true;
	bell->trial = trial;
	bell->name = name;
	bell->what = what;
	bell->started = g_get_monotonic_time();
	trial->waiting++;
	sink->ring(sink, &event, taken, bell);
}

static void ring_all(struct trial *trial)
{
	const struct verdict *verdict = &trial->verdict;
	struct sink *desktop = desktop_new(), *hook = hook_new();

	if ((verdict->notify & CONFIG_NOTIFY_DESKTOP) != 0)
		ring(trial, desktop, "bubble", NULL);
	if ((verdict->notify & CONFIG_NOTIFY_HOOK) != 0 &&
	    verdict->on_message != NULL && verdict->on_message[0] != NULL)
		ring(trial, hook, "hook", verdict->on_message[0]);
	if (trial->waiting > 0)
		g_main_loop_run(trial->loop);
	desktop->free(desktop);
	hook->free(hook);
}

unsigned trial_run(const struct trial_options *options, unsigned *ret_failed)
{
	struct trial trial = {.options = options};

	trial.verdict = settings_force(options->account, options->rule);
	trial.item = item_new(make_message(options), &trial.verdict,
	    options->account, options->settings->config->accounts->len);
	trial.loop = g_main_loop_new(NULL, FALSE);
	ring_all(&trial);
	g_main_loop_unref(trial.loop);
	item_free(trial.item);
	*ret_failed = trial.failed;
	return trial.rung;
}
