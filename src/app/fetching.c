/*
 * One errand after the other until all of it has come: ask what it is, fetch,
 * store.  What comes lies in a partial file (store/partial.h); text alone is
 * small, stays in memory, and begins anew.
 */

#include "app/fetching.h"
#include "app/excerpting.h"
#include "app/log.h"
#include "os/file.h"
#include "store/partial.h"
#include <sys/mman.h>
#include <unistd.h>

enum {
	TRIES_MAX = 5,    /* in a row, that brought nothing */
	TRY_AFTER = 1000, /* ms, doubled by each */
};

struct fetching {
	struct settings *settings;
	const struct config_account *account;
	struct fetching_wish wish;
	char *mailbox, *path, *name, *flags;
	char **command;
	const struct fetching_events *events;
	void *data;
	struct errands *errands;
	struct errand *errand;
	struct loop_timer *timer; /* another try, or the end */
	struct partial *partial;
	struct excerpting *excerpting;
	struct process *process;
	struct fetching_progress progress;
	uint64_t most; /* octets that were there at once */
	unsigned failures;
	bool over;
	GError *error; /* told by the timer */
	char *file;
};

static GQueue running = G_QUEUE_INIT; /* struct fetching */

/* ---- the end ---- */

static void finish(struct fetching *fetching, GError *error)
{
	g_clear_pointer(&fetching->errand, errand_free);
	if (fetching->over) {
		g_clear_error(&error);
		return;
	}
	fetching->over = true;
	fetching->error = error;
	loop_timer_set(fetching->timer, loop_now());
}

static void finish_with(
    struct fetching *fetching, GQuark domain, int code, const char *reason)
{
	finish(fetching, g_error_new_literal(domain, code, reason));
}

/* Errors of files are told as those of sinks, save that somebody else is at
 * it. */
static void finish_for_disk(struct fetching *fetching, GError *error)
{
	if (error->domain == G_FILE_ERROR &&
	    error->code != G_FILE_ERROR_AGAIN) {
		error->code = file_error_may_pass((GFileError)error->code)
		    ? SINK_ERROR_DISK
		    : SINK_ERROR_MAILDIR;
		error->domain = SINK_ERROR;
	}
	finish(fetching, error);
}

/* It is where it belongs. */
static void succeed(struct fetching *fetching)
{
	if (fetching->partial != NULL)
		partial_remove(fetching->partial);
	finish(fetching, NULL);
}

static void tell_end(struct fetching *fetching)
{
	fetching->events->end(fetching->data, fetching->file, fetching->error);
}

/* ---- storing ---- */

static struct destination destination_of(const struct fetching *fetching)
{
	const struct config_account *account = fetching->account;

	return (struct destination){
	    .kind = fetching->wish.kind,
	    .account = account->name,
	    .path = fetching->path,
	    .command = (const char *const *)fetching->command,
	    .message = {.directory = fetching->path,
		.host = account->host,
		.user = account->user,
		.mailbox = fetching->mailbox,
		.uidvalidity = fetching->wish.uidvalidity,
		.uid = fetching->wish.uid,
		.text = fetching->excerpting != NULL,
		.flags = fetching->flags},
	};
}

static void command_ended(void *data, const struct process_result *result)
{
	struct fetching *fetching = data;
	struct destination destination = destination_of(fetching);
	GError *error = NULL;

	fetching->process = NULL;
	if (destination_judge(&destination, result, &error))
		succeed(fetching);
	else
		finish(fetching, error);
}

static void store_from(struct fetching *fetching, int fd)
{
	struct destination destination = destination_of(fetching);
	GError *error = NULL;

	if (destination.kind == DESTINATION_COMMAND) {
		fetching->process = destination_run(
		    &destination, fd, command_ended, fetching, &error);
		if (fetching->process == NULL)
			finish(fetching, error);
	} else if (destination_store(
		       &destination, fd, &fetching->file, &error)) {
		succeed(fetching);
	} else {
		finish(fetching, error);
	}
}

static void store_text(struct fetching *fetching)
{
	const GString *message = excerpting_message(fetching->excerpting);
	int fd = memfd_create("message", MFD_CLOEXEC);
	GError *error = NULL;

	if (file_write_all(fd, message->str, message->len, "memory", &error))
		store_from(fetching, fd);
	else
		finish_for_disk(fetching, error);
	if (fd >= 0)
		close(fd);
}

static void store(struct fetching *fetching)
{
	g_clear_pointer(&fetching->errand, errand_free);
	if (fetching->excerpting != NULL)
		store_text(fetching);
	else
		store_from(fetching, partial_fd(fetching->partial));
}

/* ---- fetching ---- */

/* What has come before is none: text begins anew with each connection. */
static void note_progress(struct fetching *fetching)
{
	if (fetching->progress.octets <= fetching->most)
		return;
	fetching->most = fetching->progress.octets;
	fetching->failures = 0;
}

static void tell_progress(struct fetching *fetching)
{
	if (fetching->events->progress != NULL)
		fetching->events->progress(fetching->data, &fetching->progress);
}

static void ask_next_part(struct fetching *fetching)
{
	struct imap_body body;

	if (!excerpting_next(fetching->excerpting, &body)) {
		store(fetching);
		return;
	}
	body.uid = fetching->wish.uid;
	errand_body(fetching->errand, &body);
}

/* Quirk 40: the size is a hint, but not a licence. */
static void ask_whole(struct fetching *fetching)
{
	uint64_t size = fetching->progress.size;
	const struct imap_body body = {
	    .uid = fetching->wish.uid,
	    .offset = partial_offset(fetching->partial),
	    .size = size,
	    .max = 2 * size + (1 << 20),
	};

	errand_body(fetching->errand, &body);
}

static bool open_partial(struct fetching *fetching, GError **error)
{
	const struct storage_key key = {
	    .host = fetching->account->host,
	    .user = fetching->account->user,
	    .mailbox = fetching->mailbox,
	    .uidvalidity = fetching->wish.uidvalidity,
	    .uid = fetching->wish.uid,
	};

	if (fetching->partial == NULL)
		fetching->partial =
		    partial_open(&key, fetching->progress.size, error);
	return fetching->partial != NULL;
}

static void begin_whole(struct fetching *fetching)
{
	GError *error = NULL;

	if (!open_partial(fetching, &error)) {
		finish_for_disk(fetching, error);
		return;
	}
	fetching->progress.octets = partial_offset(fetching->partial);
	if (fetching->failures == 0)
		fetching->progress.begin = fetching->progress.octets;
	if (fetching->progress.octets > 0)
		log_line(LOG_LEVEL_VERBOSE, fetching->name,
		    "UID %u goes on at octet %" G_GUINT64_FORMAT,
		    fetching->wish.uid, fetching->progress.octets);
	ask_whole(fetching);
	tell_progress(fetching);
}

static uint64_t text_max(const struct fetching *fetching)
{
	return fetching->wish.text_max > 0 ? fetching->wish.text_max
					   : UINT64_MAX;
}

/* Who set a limit knows of it. */
static void tell_left_out(const struct fetching *fetching)
{
	uint64_t size = excerpting_left_out(fetching->excerpting);
	g_autofree char *text = g_format_size(size);

	if (size > 0)
		log_line(fetching->wish.text_max > 0 ? LOG_LEVEL_VERBOSE
						     : LOG_LEVEL_WARNING,
		    fetching->name,
		    "UID %u: %s of its text are left out, as it is too long: "
		    "fetch it whole",
		    fetching->wish.uid, text);
}

/* False when there is no way to tell its text from the rest. */
static bool make_excerpt(
    struct fetching *fetching, const struct imap_structure *structure)
{
	if (structure != NULL)
		fetching->excerpting =
		    excerpting_new(structure, text_max(fetching));
	if (fetching->excerpting == NULL) {
		finish_with(fetching, IMAP_ERROR, IMAP_ERROR_DENIED,
		    "what the server says of its parts cannot be read: fetch "
		    "it whole");
		return false;
	}
	fetching->progress = (struct fetching_progress){
	    .size = excerpting_size(fetching->excerpting)};
	if (fetching->failures == 0)
		tell_left_out(fetching);
	return true;
}

static bool wants_excerpt(
    const struct fetching *fetching, const struct imap_structure *structure)
{
	return fetching->wish.text &&
	    (structure == NULL ||
		excerpting_is_needed(structure, text_max(fetching)));
}

/* True when it is there already, or will never be. */
static bool is_settled(struct fetching *fetching)
{
	struct destination destination = destination_of(fetching);
	GError *error = NULL;

	if (!destination_check(
		&destination, fetching->progress.size, &fetching->file, &error))
		finish(fetching, error);
	else if (fetching->file != NULL)
		succeed(fetching);
	return fetching->over;
}

/* A server may have said less when it was news. */
static bool is_too_large(struct fetching *fetching, uint64_t size)
{
	const struct fetching_wish *wish = &fetching->wish;
	g_autofree char *limit = g_format_size(wish->max);

	if (wish->text || wish->max == 0 || size <= wish->max)
		return false;
	finish(fetching,
	    g_error_new(IMAP_ERROR, IMAP_ERROR_DENIED,
		"it is larger than %s, and than the server said", limit));
	return true;
}

static void about(void *data, const struct imap_news *news,
    struct imap_structure *structure, const char *failure)
{
	struct fetching *fetching = data;

	if (failure != NULL) {
		finish_with(fetching, IMAP_ERROR, IMAP_ERROR_GONE, failure);
		return;
	}
	if (is_too_large(fetching, news->size))
		return;
	g_clear_pointer(&fetching->excerpting, excerpting_free);
	fetching->progress.size = news->size;
	g_free(fetching->flags);
	fetching->flags = g_strdup(news->flags);
	if (wants_excerpt(fetching, structure) &&
	    !make_excerpt(fetching, structure))
		return;
	if (is_settled(fetching))
		return;
	if (fetching->excerpting != NULL)
		ask_next_part(fetching);
	else
		begin_whole(fetching);
}

static void piece(
    void *data, uint32_t uid, uint64_t offset, const char *bytes, size_t size)
{
	struct fetching *fetching = data;
	GError *error = NULL;

	(void)uid;
	if (fetching->excerpting != NULL) {
		excerpting_take(fetching->excerpting, bytes, size);
		fetching->progress.octets += size;
	} else if (partial_write(
		       fetching->partial, offset, bytes, size, &error)) {
		fetching->progress.octets = partial_offset(fetching->partial);
	} else {
		finish_for_disk(fetching, error);
		return;
	}
	note_progress(fetching);
	tell_progress(fetching);
}

static void body_end(
    void *data, uint32_t uid, bool decoded, const char *failure)
{
	struct fetching *fetching = data;

	(void)uid;
	if (failure != NULL) {
		finish_with(fetching, IMAP_ERROR, IMAP_ERROR_GONE, failure);
	} else if (fetching->excerpting != NULL) {
		excerpting_end(fetching->excerpting, decoded);
		ask_next_part(fetching);
	} else {
		store(fetching);
	}
}

static void ready(void *data, uint32_t uidvalidity)
{
	struct fetching *fetching = data;

	fetching->wish.uidvalidity = uidvalidity;
	errand_about(fetching->errand, fetching->wish.uid, fetching->wish.text);
}

/* ---- another try ---- */

/* Who has waited behind one whose connection was lost loses no more than it. */
static bool may_try_again(const struct fetching *fetching, const GError *error)
{
	return errands_have_worked(fetching->errands) &&
	    fetching->failures < TRIES_MAX &&
	    !g_error_matches(error, IMAP_ERROR, IMAP_ERROR_GONE) &&
	    !g_error_matches(error, IMAP_ERROR, IMAP_ERROR_REFUSED) &&
	    !g_error_matches(error, IMAP_ERROR, IMAP_ERROR_MAILBOX);
}

static void tell_lost(
    struct fetching *fetching, const GError *error, int64_t pause)
{
	if (fetching->events->lost != NULL)
		fetching->events->lost(fetching->data, error, pause);
	else
		log_line(LOG_LEVEL_INFO, fetching->name,
		    "UID %u: %s; goes on in %d s", fetching->wish.uid,
		    error->message, (int)(pause / 1000));
}

static void failed(void *data, const GError *error)
{
	struct fetching *fetching = data;
	int64_t pause = (int64_t)TRY_AFTER << fetching->failures;

	g_clear_pointer(&fetching->errand, errand_free);
	if (!may_try_again(fetching, error)) {
		finish(fetching, g_error_copy(error));
		return;
	}
	fetching->failures++;
	tell_lost(fetching, error, pause);
	loop_timer_set(fetching->timer, loop_now() + pause);
}

static const struct errand_events errand_events = {
    .ready = ready,
    .piece = piece,
    .body_end = body_end,
    .about = about,
    .failed = failed,
};

/* What cannot be stored costs no connection.  Which one it is, and how large,
 * is not known yet. */
static bool can_be_stored(struct fetching *fetching)
{
	struct destination destination = destination_of(fetching);
	g_autofree char *file = NULL;
	GError *error = NULL;

	if (destination_check(&destination, 0, &file, &error))
		return true;
	finish(fetching, error);
	return false;
}

static void begin(struct fetching *fetching)
{
	const struct errand_options options = {
	    .mailbox = fetching->mailbox,
	    .uidvalidity = fetching->wish.uidvalidity,
	};

	if (!can_be_stored(fetching))
		return;
	fetching->errand =
	    errand_new(fetching->errands, &options, &errand_events, fetching);
}

static void on_timer(void *data)
{
	struct fetching *fetching = data;

	loop_timer_set(fetching->timer, INT64_MAX);
	if (fetching->over)
		tell_end(fetching);
	else
		begin(fetching);
}

/* ---- the owner's side ---- */

bool fetching_aim(
    struct fetching_wish *wish, const struct config_account *account)
{
	if (account->download_command != NULL) {
		wish->kind = DESTINATION_COMMAND;
		wish->command = (const char *const *)account->download_command;
		return true;
	}
	wish->kind = DESTINATION_MAILDIR;
	wish->path = account->download_to;
	return wish->path != NULL;
}

struct fetching *fetching_start(struct net *net, struct settings *settings,
    const struct config_account *account, struct errands *errands,
    const struct fetching_wish *wish, const struct fetching_events *events,
    void *data)
{
	struct fetching *fetching = g_new0(struct fetching, 1);

	fetching->settings = settings_ref(settings);
	fetching->account = account;
	fetching->wish = *wish;
	fetching->mailbox = g_strdup(wish->mailbox);
	fetching->path = g_strdup(wish->path);
	fetching->command = g_strdupv((char **)wish->command);
	fetching->name = g_strdup_printf("%s/%s", account->name, wish->mailbox);
	fetching->flags = g_strdup("");
	fetching->events = events;
	fetching->data = data;
	fetching->errands = errands != NULL
	    ? errands_ref(errands)
	    : errands_new(net, settings, account, NULL);
	fetching->timer = loop_timer_new(net->loop, on_timer, fetching);
	g_queue_push_tail(&running, fetching);
	begin(fetching);
	return fetching;
}

void fetching_free(struct fetching *fetching)
{
	if (fetching == NULL)
		return;
	g_queue_remove(&running, fetching);
	process_cancel(fetching->process);
	errand_free(fetching->errand);
	errands_unref(fetching->errands);
	loop_timer_free(fetching->timer);
	partial_free(fetching->partial);
	excerpting_free(fetching->excerpting);
	settings_unref(fetching->settings);
	g_clear_error(&fetching->error);
	g_strfreev(fetching->command);
	g_free(fetching->mailbox);
	g_free(fetching->path);
	g_free(fetching->name);
	g_free(fetching->flags);
	g_free(fetching->file);
	g_free(fetching);
}

static void describe(const struct fetching *fetching, struct emit *emit)
{
	emit_begin_object(emit);
	emit_name(emit, "mailbox");
	emit_string(emit, fetching->mailbox);
	emit_name(emit, "uid");
	emit_int(emit, fetching->wish.uid);
	emit_name(emit, "octets");
	emit_int(emit, (int64_t)fetching->progress.octets);
	emit_name(emit, "size");
	emit_int(emit, (int64_t)fetching->progress.size);
	emit_end_object(emit);
}

void fetching_status(const char *account, struct emit *emit)
{
	emit_name(emit, "downloads");
	emit_begin_array(emit);
	for (GList *link = running.head; link != NULL; link = link->next) {
		const struct fetching *fetching = link->data;

		if (g_str_equal(fetching->account->name, account))
			describe(fetching, emit);
	}
	emit_end_array(emit);
}
