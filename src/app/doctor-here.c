/*
 * What a watcher needs on this computer.  Each of these functions may block,
 * and runs in a thread (doctor.c).
 */
#include "app/doctor-inside.h"
#include "config/options.h"
#include "os/file.h"
#include "os/language.h"
#include "sinks/bus.h"
#include "sinks/desktop.h"
#include "store/state.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define UNIT "idlebell.service"

enum {
	PROBE_SIZE = 4096,
	ROOM_MIN = 10 * 1024 * 1024, /* octets */
	DAY = 24 * 60 * 60,
};

/* ---- the configuration ---- */

static const struct config_problem *first_warning(const struct config *config)
{
	return config->problems->len > 0 ? config->problems->pdata[0] : NULL;
}

static void look_at_configuration(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	const struct doctor_options *asked = place->options;
	const struct config_problem *warning;

	if (asked->settings == NULL) {
		doctor_fail(finding, EX_CONFIG, "%s", asked->trouble);
		doctor_advise(finding,
		    "idlebell.config(5) tells what it may "
		    "say; \"idlebell check\" reads it again");
		return;
	}
	warning = first_warning(asked->settings->config);
	if (warning != NULL)
		doctor_say(finding, DOCTOR_WARNING, "%s:%d: %s", asked->path,
		    warning->line, warning->text);
	else
		doctor_say(finding, DOCTOR_OK, "%s: accounts %u, rules %u",
		    asked->path, asked->settings->config->accounts->len,
		    asked->settings->config->rules->len);
}

/* ---- places to write to ---- */

/* 0, or an error number.  A quota shows only when something is written. */
static int try_to_write(const char *directory)
{
	g_autofree char *name =
	    g_build_filename(directory, ".idlebell-doctor-XXXXXX", NULL);
	static const char block[PROBE_SIZE];
	int fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
	int number = fd < 0 ? errno : 0;
	ssize_t size;

	if (fd < 0)
		return number;
	errno = ENOSPC;
	size = write(fd, block, sizeof(block));
	if (size < (ssize_t)sizeof(block) || fsync(fd) < 0)
		number = errno;
	close(fd);
	g_unlink(name);
	return number;
}

/* The nearest one that is there; a new string. */
static char *existing_parent(const char *path)
{
	char *parent = g_path_get_dirname(path);

	while (!g_file_test(parent, G_FILE_TEST_EXISTS) &&
	    strcmp(parent, "/") != 0 && strcmp(parent, ".") != 0) {
		char *above = g_path_get_dirname(parent);

		g_free(parent);
		parent = above;
	}
	return parent;
}

static void advise_on_writing(
    struct doctor_finding *finding, const char *path, int number)
{
	if (number == ENOSPC || number == EDQUOT)
		doctor_advise(finding,
		    "the disk, or your part of it, is full: make room (df %s)",
		    path);
	else if (number == EROFS)
		doctor_advise(finding, "the disk is mounted read-only");
	else
		doctor_advise(finding, "it must be yours: ls -ld %s", path);
}

/* Says nothing when it cannot be known. */
static void judge_room(
    struct doctor_finding *finding, const char *shown, const char *path)
{
	struct statvfs fs;
	uint64_t room;
	g_autofree char *text = NULL;

	if (statvfs(path, &fs) < 0)
		return;
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	text = g_format_size(room);
	if (room >= ROOM_MIN) {
		doctor_say(finding, DOCTOR_OK, "%s: %s free", shown, text);
		return;
	}
	doctor_say(finding, DOCTOR_WARNING, "%s: only %s free", shown, text);
	doctor_advise(finding, "the disk is nearly full: make room");
}

/* shown: what is to be written to; path: where it is tried. */
static void judge_writing(
    struct doctor_finding *finding, const char *shown, const char *path)
{
	int number = try_to_write(path);

	if (number != 0) {
		doctor_fail(finding, EX_IOERR, "%s cannot be written to: %s",
		    shown, g_strerror(number));
		advise_on_writing(finding, path, number);
		return;
	}
	doctor_say(finding, DOCTOR_OK, "%s", shown);
	judge_room(finding, shown, path);
}

static void judge_directory(struct doctor_finding *finding, const char *path)
{
	g_autofree char *parent = existing_parent(path);
	g_autofree char *shown = NULL;

	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		judge_writing(finding, path, path);
		return;
	}
	shown = g_strdup_printf(_("%s (not there yet)"), path);
	judge_writing(finding, shown, parent);
}

/* ---- the state directory ---- */

/* As state_open() demands. */
static bool is_private(struct doctor_finding *finding, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 ||
	    (st.st_uid == geteuid() && (st.st_mode & 022) == 0))
		return true;
	doctor_fail(finding, EX_IOERR,
	    st.st_uid != geteuid() ? _("%s belongs to another user")
				   : _("%s can be written to by other users"),
	    path);
	if (st.st_uid != geteuid())
		doctor_advise(
		    finding, "set XDG_STATE_HOME to a directory of yours");
	else
		doctor_advise(finding, "%s %s", "chmod 700", path);
	return false;
}

static void look_at_state(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	g_autofree char *path = state_path();

	(void)place;
	if (is_private(finding, path))
		judge_directory(finding, path);
}

/* ---- who watches already ---- */

static void look_at_watcher(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	g_auto(GStrv) watchers = state_watchers();
	g_autofree char *all = g_strjoinv(", ", watchers);

	if (watchers[0] == NULL) {
		doctor_say(finding, DOCTOR_OK, "none is running");
	} else if (g_str_has_prefix(watchers[0], "shard")) {
		doctor_say(finding, DOCTOR_OK,
		    "another idlebell is watching: %s", all);
	} else if (place->options->ask_watcher()) {
		doctor_say(finding, DOCTOR_OK,
		    "another idlebell is watching (%s) and answers at its "
		    "control socket",
		    all);
		doctor_advise(finding,
		    "a second watcher would not start (exit status 75); "
		    "\"idlebell status\" asks this one, \"idlebell stop\" "
		    "ends it");
	} else {
		doctor_say(finding, DOCTOR_WARNING,
		    "another idlebell is watching (%s), but does not answer at "
		    "its control socket",
		    all);
		doctor_advise(finding,
		    "was it started with another XDG_RUNTIME_DIR?  A second "
		    "watcher would not start (exit status 75)");
	}
}

/* ---- the session ---- */

static void look_at_runtime(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	const char *path = g_getenv("XDG_RUNTIME_DIR");
	struct stat st;

	(void)place;
	if (path == NULL || !g_path_is_absolute(path))
		doctor_say(
		    finding, DOCTOR_WARNING, "XDG_RUNTIME_DIR is not set");
	else if (stat(path, &st) < 0)
		doctor_say(finding, DOCTOR_WARNING, "XDG_RUNTIME_DIR %s: %s",
		    path, g_strerror(errno));
	else if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		doctor_say(finding, DOCTOR_WARNING,
		    "XDG_RUNTIME_DIR %s is not yours alone", path);
	else
		doctor_say(finding, DOCTOR_OK, "XDG_RUNTIME_DIR %s", path);
	if (finding->verdict == DOCTOR_WARNING)
		doctor_advise(finding,
		    "where the login does not set it (cron, su): export "
		    "XDG_RUNTIME_DIR=/run/user/%u; the control socket is kept "
		    "in the state directory meanwhile",
		    (unsigned)geteuid());
}

static bool wants_desktop(const struct doctor_options *asked)
{
	const struct config *config = asked->settings->config;
	bool wants = false;

	for (unsigned i = 0; i < config->accounts->len; i++) {
		const struct config_account *a = config->accounts->pdata[i];

		wants |= doctor_is_wanted(asked, a->name) &&
		    (a->notify & CONFIG_NOTIFY_DESKTOP) != 0;
	}
	for (unsigned i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule = config->rules->pdata[i];

		wants |= rule->has_notify &&
		    (rule->notify & CONFIG_NOTIFY_DESKTOP) != 0;
	}
	return wants;
}

static bool rings_on_desktop(const struct doctor_place *place)
{
	return place->options->settings != NULL &&
	    wants_desktop(place->options);
}

static void look_at_bus(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *address = NULL;

	if (!rings_on_desktop(place))
		return;
	address = bus_find(&error);
	if (address != NULL) {
		doctor_say(finding, DOCTOR_OK, "%s", address);
		return;
	}
	doctor_fail(finding, EX_UNAVAILABLE, "%s", error->message);
	doctor_advise(finding,
	    g_getenv("DBUS_SESSION_BUS_ADDRESS") != NULL
		? _("DBUS_SESSION_BUS_ADDRESS is of no use: start idlebell "
		    "within the desktop's session, as its systemd user unit "
		    "does; where there is no desktop, notify = hook")
		: _("DBUS_SESSION_BUS_ADDRESS is not set: start idlebell "
		    "within the desktop's session, as its systemd user unit "
		    "does; where there is no desktop, notify = hook"));
}

static void tell_daemon(
    struct doctor_finding *finding, const struct bus_desktop *desktop)
{
	g_autofree char *words = g_strjoinv(", ", desktop->capabilities);

	doctor_say(finding, desktop->inhibited ? DOCTOR_WARNING : DOCTOR_OK,
	    desktop->inhibited ? _("%s %s (%s), which can: %s; it is inhibited")
			       : _("%s %s (%s), which can: %s"),
	    desktop->name, desktop->version, desktop->vendor, words);
	if (desktop->inhibited)
		doctor_advise(finding,
		    "\"do not disturb\" is on: it shows nothing until that is "
		    "turned off");
	else if (!g_strv_contains(
		     (const char *const *)desktop->capabilities, "actions"))
		doctor_advise(finding, "this daemon shows no buttons");
}

static void look_at_daemon(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	g_autoptr(GError) error = NULL;
	struct bus_desktop desktop;

	if (!rings_on_desktop(place))
		return;
	if (!desktop_is_built()) {
		doctor_fail(finding, EX_UNAVAILABLE,
		    "this idlebell was built without desktop notifications");
		doctor_advise(finding, "notify = hook");
	} else if (bus_ask_desktop(&desktop, &error)) {
		tell_daemon(finding, &desktop);
		bus_desktop_clear(&desktop);
	} else {
		doctor_fail(finding, EX_UNAVAILABLE, "%s", error->message);
		doctor_advise(finding,
		    "start a notification daemon (dunst, mako, or your "
		    "desktop's own); where there is no desktop, notify = hook");
	}
}

/* ---- the systemd unit ---- */

static bool is_other_bus(const struct bus_manager *manager)
{
	const char *ours = g_getenv("DBUS_SESSION_BUS_ADDRESS");

	return ours != NULL && manager->bus != NULL &&
	    strcmp(ours, manager->bus) != 0;
}

static void look_at_unit(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	struct bus_manager manager;

	(void)place;
	if (!bus_ask_manager(UNIT, &manager))
		return;
	if (manager.unit != NULL && is_other_bus(&manager)) {
		doctor_say(finding, DOCTOR_WARNING,
		    "%s is %s, but would use another bus than this session",
		    UNIT, manager.unit);
		doctor_advise(finding,
		    "systemctl --user import-environment "
		    "DBUS_SESSION_BUS_ADDRESS");
	} else if (manager.unit != NULL) {
		/* TRANSLATORS: a unit of systemd, and its state. */
		doctor_say(finding, DOCTOR_OK, "%s is %s", UNIT, manager.unit);
	} else {
		doctor_say(finding, DOCTOR_OK, "%s is not installed", UNIT);
	}
	bus_manager_clear(&manager);
}

/* ---- the clock ---- */

/* Nothing is changed in the future: what is youngest says the time at least.
 * ret_path: a new string. */
static time_t youngest(const struct doctor_place *place, char **ret_path)
{
	g_autofree char *state = state_path();
	const char *const paths[] = {place->options->path, state,
	    "/var/lib/systemd/timesync/clock", "/proc/self/exe", "/var/log"};
	const char *best = "";
	time_t newest = 0;
	struct stat st;

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
		if (stat(paths[i], &st) == 0 && st.st_mtime > newest) {
			newest = st.st_mtime;
			best = paths[i];
		}
	*ret_path = g_strdup(best);
	return newest;
}

static char *print_time(time_t when)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(when);

	return date != NULL ? g_date_time_format(date, "%Y-%m-%d %H:%M:%S UTC")
			    : g_strdup("?");
}

static bool is_synchronised(void)
{
	struct timex timex = {0};

	return adjtimex(&timex) >= 0 && (timex.status & STA_UNSYNC) == 0;
}

static void look_at_clock(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	g_autofree char *path = NULL;
	time_t now = time(NULL), newest = youngest(place, &path);
	g_autofree char *shown = print_time(now), *then = print_time(newest);

	if (newest <= now + DAY) {
		doctor_say(finding, DOCTOR_OK,
		    is_synchronised() ? _("%s, kept right over the network")
				      : "%s",
		    shown);
		return;
	}
	doctor_say(finding, DOCTOR_WARNING,
	    "the clock is wrong: it says %s, but %s was changed at %s", shown,
	    path, then);
	doctor_advise(finding,
	    "set it (timedatectl set-ntp true): by a wrong clock no "
	    "certificate is valid");
}

/* ---- programs ---- */

/* "#!/usr/bin/env -S python3 -u": /usr/bin/env and python3 must be there. */
static char *find_interpreter_trouble(const char *path, const char *line)
{
	g_auto(GStrv) words = g_strsplit_set(line, " \t", -1);
	bool env = false;

	for (char **word = words; *word != NULL; word++) {
		g_autofree char *found = NULL;

		if (**word == '\0' || **word == '-' ||
		    strchr(*word, '=') != NULL)
			continue;
		found = g_find_program_in_path(*word);
		if (found == NULL)
			return g_strdup_printf(
			    _("its interpreter %s is missing: put another one "
			      "into the first line of %s"),
			    *word, path);
		if (env || !g_str_has_suffix(*word, "/env"))
			return NULL;
		env = true;
	}
	return NULL;
}

/* Of a script; NULL: it is well, or no script. */
static char *find_script_trouble(const char *path)
{
	char head[256] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t size = fd >= 0 ? read(fd, head, sizeof(head) - 1) : -1;

	if (fd >= 0)
		close(fd);
	/* May be run, but not read. */
	if (size < 0 || memchr(head, '\0', (size_t)size) != NULL)
		return NULL;
	if (!g_str_has_prefix(head, "#!"))
		return g_strdup_printf(
		    _("%s does not say by what it is to be run: its first line "
		      "should be #!/bin/sh, or the like"),
		    path);
	head[strcspn(head, "\n")] = '\0';
	return find_interpreter_trouble(path, head + 2);
}

/* What is wrong with a command and what to do, or NULL. */
static char *find_command_trouble(char *const *command)
{
	g_autofree char *path = file_expand(command[0]);
	g_autofree char *found = g_find_program_in_path(path);

	if (found != NULL)
		return find_script_trouble(found);
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return g_strdup_printf(_("there is no program %s"), path);
	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return g_strdup_printf(_("%s is a directory"), path);
	return g_strdup_printf(
	    _("%s is not executable: chmod +x %s"), path, path);
}

/* The step for passwords runs them. */
static bool is_tried_elsewhere(const struct option *option)
{
	return strcmp(option->name, "password_command") == 0 ||
	    strcmp(option->name, "token_command") == 0;
}

/* All commands in a set of options; thing: what their offsets are of. */
static void look_at_commands(
    unsigned scope, const void *thing, GString *good, GString *bad)
{
	for (const struct option *o = options; o->name != NULL; o++) {
		char **command;
		g_autofree char *trouble = NULL;

		if (o->type != OPTION_COMMAND || (o->scope & scope) == 0 ||
		    is_tried_elsewhere(o))
			continue;
		command = G_STRUCT_MEMBER(char **, thing, o->offset);
		if (command == NULL || command[0] == NULL)
			continue;
		trouble = find_command_trouble(command);
		g_string_append_printf(trouble != NULL ? bad : good, "%s%s: %s",
		    (trouble != NULL ? bad : good)->len > 0 ? "; " : "",
		    o->name, trouble != NULL ? trouble : command[0]);
	}
}

static void tell_commands(
    struct doctor_finding *finding, const GString *good, const GString *bad)
{
	if (bad->len > 0) {
		doctor_fail(finding, EX_CONFIG, "%s", bad->str);
		doctor_advise(finding,
		    "mend it, or the command in the configuration; services "
		    "may have another PATH: write the whole path");
	} else if (good->len > 0) {
		doctor_say(finding, DOCTOR_OK, "%s", good->str);
	}
}

static void look_at_rules(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	g_autoptr(GString) good = g_string_new(NULL), bad = g_string_new(NULL);
	const GPtrArray *rules;

	if (place->options->settings == NULL)
		return;
	rules = place->options->settings->config->rules;
	for (unsigned i = 0; i < rules->len; i++)
		look_at_commands(OPTION_RULE, rules->pdata[i], good, bad);
	tell_commands(finding, good, bad);
}

static void look_at_hooks(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	g_autoptr(GString) good = g_string_new(NULL), bad = g_string_new(NULL);

	look_at_commands(OPTION_ACCOUNT, place->account, good, bad);
	tell_commands(finding, good, bad);
}

/* ---- downloads ---- */

static bool is_directory_in(const char *path, const char *name)
{
	g_autofree char *whole = g_build_filename(path, name, NULL);

	return g_file_test(whole, G_FILE_TEST_IS_DIR);
}

static bool is_empty(const char *path)
{
	g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);

	return directory != NULL && g_dir_read_name(directory) == NULL;
}

static void look_at_downloads(
    const struct doctor_place *place, struct doctor_finding *finding)
{
	const char *to = place->account->download_to;
	g_autofree char *path = to != NULL ? file_expand(to) : NULL;
	g_autofree char *tmp = NULL;

	if (path == NULL)
		return;
	tmp = g_build_filename(path, "tmp", NULL);
	if (is_directory_in(path, "tmp") && is_directory_in(path, "new") &&
	    is_directory_in(path, "cur")) {
		judge_writing(finding, path, tmp);
		return;
	}
	judge_directory(finding, path);
	if (finding->verdict != DOCTOR_OK ||
	    !g_file_test(path, G_FILE_TEST_EXISTS) || is_empty(path))
		return;
	doctor_say(finding, DOCTOR_WARNING, "%s is no Maildir", path);
	doctor_advise(finding,
	    "new, cur and tmp will be made in it: is it what download_to "
	    "should name?");
}

const struct doctor_step doctor_here_steps[] = {
    {N_("configuration"), look_at_configuration, NULL},
    {N_("state directory"), look_at_state, NULL},
    {N_("watcher"), look_at_watcher, NULL},
    {N_("clock"), look_at_clock, NULL},
    {N_("environment"), look_at_runtime, NULL},
    {N_("desktop bus"), look_at_bus, NULL},
    {N_("notifications"), look_at_daemon, "desktop bus"},
    {N_("systemd unit"), look_at_unit, "desktop bus"},
    {N_("hooks of rules"), look_at_rules, NULL},
    {NULL, NULL, NULL},
};

const struct doctor_step doctor_account_steps[] = {
    {N_("hooks"), look_at_hooks, NULL},
    {N_("downloads"), look_at_downloads, NULL},
    {NULL, NULL, NULL},
};
