/*
 * explain --last: what the rules would make of the mail that is there.  The
 * mailbox is opened read-only and nothing is run, shown or remembered.
 */
#include "app/errand.h"
#include "app/failure.h"
#include "app/log.h"
#include "app/reading.h"
#include "app/when.h"
#include "cli/cli.h"
#include "cli/explain.h"
#include "message/text.h"
#include "os/language.h"
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum {
	/* Columns of a table that fits a terminal. */
	DATE_WIDTH = 11,
	SENDER_WIDTH = 14,
	SUBJECT_WIDTH = 18,
	RULE_WIDTH = 8,
	/* s; older dates have a year instead of the time, as with ls(1). */
	RECENT = 300 * 24 * 60 * 60,
	/* ms for all of it. */
	PATIENCE = 120 * 1000,
};

struct look {
	GMainLoop *loop;
	const struct settings *settings;
	const struct config_account *account;
	const char *mailbox;
	unsigned count;
	bool json, whole;
	int date_width;
	struct errand *errand;
	GPtrArray *messages; /* struct message, the oldest first */
	int status;
};

/* ---- what came ---- */

/* As short as it can be. */
static char *format_date(const struct message *message)
{
	int64_t time = message->arrived != 0 ? message->arrived : message->sent;
	g_autofree char *clock = NULL, *day = NULL;
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_local(time);

	if (time == 0 || date == NULL)
		return g_strdup("-");
	if (llabs(when_wall() - time) >= RECENT)
		return language_date(time);
	clock = language_clock(time);
	/* xgettext:no-c-format
	 * TRANSLATORS: month and day, in front of the time: strftime(3). */
	day = g_date_time_format(date, _("%m-%d"));
	return g_strdup_printf("%s %s", day, clock);
}

/* Some locales' dates are longer, at the cost of the subject. */
static int subject_width(const struct look *look)
{
	return SUBJECT_WIDTH - (look->date_width - DATE_WIDTH);
}

static void measure(struct look *look)
{
	look->date_width = DATE_WIDTH;
	for (unsigned i = 0; i < look->messages->len; i++) {
		g_autofree char *date = format_date(look->messages->pdata[i]);

		look->date_width = MAX(look->date_width, text_columns(date));
	}
}

static void print_row(const struct look *look, const struct message *message)
{
	const char *rule;
	g_autofree char *effects =
	    explain_briefly(look->settings, look->account, message, &rule);
	g_autofree char *raw = format_date(message);
	g_autofree char *date = text_pad(raw, look->date_width);
	g_autofree char *sender =
	    text_fit(message_sender(message), SENDER_WIDTH);
	g_autofree char *subject =
	    text_fit(message->subject, subject_width(look));
	g_autofree char *decides =
	    text_fit(rule != NULL ? rule : "-", RULE_WIDTH);

	printf("%7u  %s  %s  %s  %s  %s\n", message->uid, date, sender, subject,
	    decides, effects);
}

static void print_head(const struct look *look)
{
	g_autofree char *date = text_pad(_("DATE"), look->date_width);
	g_autofree char *sender = text_pad(_("FROM"), SENDER_WIDTH);
	g_autofree char *subject = text_pad(_("SUBJECT"), subject_width(look));
	g_autofree char *decides = text_pad(_("RULE"), RULE_WIDTH);

	/* TRANSLATORS: the head of a column: what would become of it. */
	printf("%7s  %s  %s  %s  %s  %s\n", "UID", date, sender, subject,
	    decides, _("WOULD"));
}

static void print_table(struct look *look)
{
	measure(look);
	print_head(look);
	for (unsigned i = 0; i < look->messages->len; i++)
		print_row(look, look->messages->pdata[i]);
}

static void print_whole(const struct look *look)
{
	for (unsigned i = 0; i < look->messages->len; i++) {
		const struct message *message = look->messages->pdata[i];

		if (!look->json)
			printf("%sUID %u\n", i > 0 ? "\n" : "", message->uid);
		explain_message(
		    look->settings, look->account, message, look->json);
	}
}

static void print(struct look *look)
{
	if (look->messages->len == 0)
		log_line(LOG_LEVEL_INFO, look->account->name, "%s is empty",
		    look->mailbox);
	else if (look->json || look->whole)
		print_whole(look);
	else
		print_table(look);
}

/* ---- asking ---- */

static void finish(struct look *look, const GError *error)
{
	g_autofree char *text = NULL;

	g_main_loop_quit(look->loop);
	if (error == NULL)
		return;
	text = failure_describe(error);
	log_line(LOG_LEVEL_ERROR, look->account->name, "%s", text);
	look->status = failure_exit_status(error);
}

static void ready(void *data, uint32_t uidvalidity)
{
	struct look *look = data;

	(void)uidvalidity;
	errand_last(look->errand, look->count);
}

static void news(void *data, const struct imap_news *news_)
{
	struct look *look = data;

	g_ptr_array_add(
	    look->messages, reading_new(look->account, look->mailbox, news_));
}

static void done(void *data, const struct imap_done *done_, const GError *error)
{
	(void)done_;
	finish(data, error);
}

static void failed(void *data, const GError *error)
{
	finish(data, error);
}

static const struct errand_events events = {
    .ready = ready,
    .news = news,
    .done = done,
    .failed = failed,
};

static void ask(struct look *look, struct net *net, struct settings *settings)
{
	const struct errand_options options = {
	    .mailbox = look->mailbox,
	    .deadline = PATIENCE,
	};
	struct errands *errands =
	    errands_new(net, settings, look->account, NULL);

	look->errand = errand_new(errands, &options, &events, look);
	g_main_loop_run(look->loop);
	errand_free(look->errand);
	errands_unref(errands);
}

int explain_last(struct settings *settings,
    const struct config_account *account, const char *mailbox, unsigned count,
    bool json, bool whole)
{
	struct look look = {
	    .settings = settings,
	    .account = account,
	    .mailbox = mailbox,
	    .count = count,
	    .json = json,
	    .whole = whole,
	    .status = EX_OK,
	};
	struct net *net = cli_net();

	if (net == NULL)
		return EX_OSERR;
	message_init();
	look.loop = g_main_loop_new(NULL, FALSE);
	look.messages =
	    g_ptr_array_new_with_free_func((GDestroyNotify)message_free);
	ask(&look, net, settings);
	if (look.status == EX_OK)
		print(&look);
	g_ptr_array_unref(look.messages);
	g_main_loop_unref(look.loop);
	net_free(net);
	return look.status;
}
