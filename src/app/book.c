/*
 * Where contacts come from.  What has been found there last stays when it
 * cannot be had again.
 */
#include "app/book.h"
#include "app/log.h"
#include "os/file.h"
#include "os/process.h"
#include "rules/contacts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum {
	FILE_SIZE_MAX = 64 << 20,   /* pictures are in it */
	OUTPUT_SIZE_MAX = 16 << 20, /* addresses only */
	COMMAND_TIME = 10000,       /* ms */
	DAY = 24 * 3600,            /* s */
};

struct book {
	char *path;               /* or NULL */
	char **command;           /* or NULL */
	struct contacts *written; /* in the file; NULL: not known */
	struct contacts *said;    /* by the command; likewise */
	struct process *process;  /* or NULL */
	guint again;              /* source */
};

static void set(struct contacts **place, struct contacts *contacts)
{
	contacts_free(*place);
	*place = contacts;
}

static void learn(
    struct contacts **place, struct contacts *contacts, const char *from)
{
	unsigned count = contacts_count(contacts);

	set(place, contacts);
	log_line(LOG_LEVEL_VERBOSE, NULL, "%s: %u address%s", from, count,
	    count == 1 ? "" : "es");
}

/* ---- the file ---- */

static bool read_file(struct book *book, GError **error)
{
	/* It may well be a link to where it is kept. */
	char *real = realpath(book->path, NULL);
	g_autofree char *text = NULL;
	struct contacts *contacts;
	size_t size;

	if (real == NULL) {
		g_set_error(error, G_FILE_ERROR, file_error_code(errno),
		    "%s: %s", book->path, g_strerror(errno));
		return false;
	}
	text = file_read(AT_FDCWD, real, FILE_SIZE_MAX, &size, error);
	free(real);
	if (text == NULL)
		return false;
	contacts = contacts_new_vcard(text, size);
	if (contacts == NULL) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
		    "%s: there is no vCard in it", book->path);
		return false;
	}
	learn(&book->written, contacts, "contacts_file");
	return true;
}

static void read_again(struct book *book)
{
	g_autoptr(GError) error = NULL;

	if (book->path != NULL && !read_file(book, &error))
		log_line(LOG_LEVEL_WARNING, NULL, "contacts_file: %s",
		    error->message);
}

/* ---- the command ---- */

static void warn_of_command(const struct book *book, const char *reason)
{
	log_line(LOG_LEVEL_WARNING, NULL, "contacts_command: %s: %s; %s",
	    book->command[0], reason,
	    book->said != NULL ? "what it said last is kept"
			       : "who is a contact cannot be known");
}

static void on_end(void *data, const struct process_result *result)
{
	struct book *book = data;
	g_autofree char *failure = process_describe(result);

	book->process = NULL;
	if (failure != NULL)
		warn_of_command(book, failure);
	else if (result->truncated)
		warn_of_command(book, "more than 16 MiB");
	else
		learn(&book->said,
		    contacts_new_list(result->output, result->output_size),
		    "contacts_command");
}

static void run_command(struct book *book)
{
	const struct process_options options = {
	    .argv = (const char *const *)book->command,
	    .output_max = OUTPUT_SIZE_MAX,
	    .timeout = COMMAND_TIME,
	};
	g_autoptr(GError) error = NULL;

	if (book->command == NULL || book->process != NULL)
		return;
	book->process = process_start(&options, on_end, book, &error);
	if (book->process == NULL)
		warn_of_command(book, error->message);
}

/* ---- the book ---- */

static gboolean begin_day(gpointer data)
{
	read_again(data);
	run_command(data);
	return G_SOURCE_CONTINUE;
}

struct book *book_new(const struct config *config, GError **error)
{
	struct book *book;

	if (config->contacts_file == NULL && config->contacts_command == NULL)
		return NULL;
	book = g_new0(struct book, 1);
	book->command = g_strdupv(config->contacts_command);
	if (config->contacts_file != NULL) {
		book->path = file_expand(config->contacts_file);
		read_file(book, error);
	}
	return book;
}

static void stop(struct book *book)
{
	g_clear_handle_id(&book->again, g_source_remove);
	process_cancel(book->process);
	book->process = NULL;
}

void book_free(struct book *book)
{
	if (book == NULL)
		return;
	stop(book);
	set(&book->written, NULL);
	set(&book->said, NULL);
	g_strfreev(book->command);
	g_free(book->path);
	g_free(book);
}

static bool is_same_command(const struct book *a, const struct book *b)
{
	return a->command != NULL && b->command != NULL &&
	    g_strv_equal((const char *const *)a->command,
		(const char *const *)b->command);
}

static void inherit(struct book *book, struct book *old)
{
	if (book->written == NULL && g_strcmp0(book->path, old->path) == 0)
		book->written = g_steal_pointer(&old->written);
	if (is_same_command(book, old))
		book->said = g_steal_pointer(&old->said);
}

void book_start(struct book *book, struct book *old)
{
	if (old != NULL) {
		stop(old);
		if (book != NULL)
			inherit(book, old);
		set(&old->written, NULL);
		set(&old->said, NULL);
	}
	if (book == NULL)
		return;
	run_command(book);
	book->again = g_timeout_add_seconds(DAY, begin_day, book);
}

void book_wait(struct book *book)
{
	while (book != NULL && book->process != NULL)
		g_main_context_iteration(NULL, TRUE);
}

bool book_is_known(const struct book *book)
{
	return book != NULL && (book->path == NULL || book->written != NULL) &&
	    (book->command == NULL || book->said != NULL);
}

static bool have(const struct contacts *contacts, const char *address)
{
	return contacts != NULL && contacts_have(contacts, address);
}

bool book_has(const struct book *book, const char *address)
{
	return have(book->written, address) || have(book->said, address);
}
