/*
 * The way to a server: the secret, the addresses, and a connection to each.
 *
 * What fails ends the way; the steps behind it are skipped.
 */
#include "app/doctor-road.h"
#include "app/credentials.h"
#include "app/doctor-words.h"
#include "app/failure.h"
#include "os/language.h"
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* Milliseconds. */
enum {
	SECRET_TIME = 30 * 1000,
	NAME_TIME = 10 * 1000,
	TCP_TIME = 10 * 1000,
	SLOW = 250, /* longer than happy eyeballs wait (RFC 8305) */
	ADDRESSES_MAX = 8,
};

const char *const doctor_stages[] = {
    [DOCTOR_PASSWORD] = N_("password"),
    [DOCTOR_NAME] = N_("name"),
    [DOCTOR_TCP] = N_("connection"),
    [DOCTOR_TLS] = "TLS",
    [DOCTOR_CERTIFICATE] = N_("certificate"),
    [DOCTOR_GREETING] = N_("greeting"),
    [DOCTOR_LOGIN] = N_("login"),
    [DOCTOR_CAPABILITIES] = N_("capabilities"),
    [DOCTOR_MAILBOXES] = N_("mailboxes"),
    [DOCTOR_METHOD] = N_("method"),
    [DOCTOR_IDLE] = "IDLE",
};

/* A connection to one address, or through the proxy. */
struct attempt {
	struct doctor_road *road;
	struct connector_attempt *connector; /* NULL: it is over */
	struct doctor_finding *finding;
	char *host;
	bool v6, stands;
	GError *error; /* NULL while under way, or when it stands */
};

/* ---- steps ---- */

void doctor_road_begin(
    struct doctor_road *road, enum doctor_stage step, int64_t time)
{
	road->step = step;
	g_clear_pointer(&road->finding, doctor_finding_free);
	road->finding = doctor_finding_new(doctor_stages[step]);
	loop_timer_set(road->timer, loop_now() + time);
}

void doctor_road_tell(struct doctor_road *road)
{
	if (road->finding != NULL)
		road->events->tell(road->data, g_steal_pointer(&road->finding));
}

static void skip(struct doctor_road *road, enum doctor_stage step)
{
	struct doctor_finding *finding =
	    doctor_finding_new(doctor_stages[step]);

	doctor_say(finding, DOCTOR_SKIPPED, "not tried");
	finding->took = -1;
	road->events->tell(road->data, finding);
}

bool doctor_road_concerns(
    const struct doctor_road *road, enum doctor_stage step)
{
	return road->account->tls != CONFIG_TLS_NONE ||
	    (step != DOCTOR_TLS && step != DOCTOR_CERTIFICATE);
}

void doctor_road_end(struct doctor_road *road)
{
	road->over = true;
	loop_timer_set(road->timer, loop_now());
}

void doctor_road_give_up(struct doctor_road *road)
{
	enum doctor_stage step = road->step;

	doctor_road_tell(road);
	while (++step < DOCTOR_COUNT)
		if (doctor_road_concerns(road, step))
			skip(road, step);
	doctor_road_end(road);
}

/* ---- a connection to each address ---- */

static void attempt_free(gpointer data)
{
	struct attempt *attempt = data;

	connector_cancel(attempt->connector);
	g_clear_pointer(&attempt->finding, doctor_finding_free);
	g_clear_error(&attempt->error);
	g_free(attempt->host);
	g_free(attempt);
}

static bool any_stands(const struct doctor_road *road)
{
	bool stands = false;

	for (unsigned i = 0; i < road->attempts->len; i++)
		stands |= ((struct attempt *)road->attempts->pdata[i])->stands;
	return stands;
}

/* One that fails while another stands is no harm, unless it takes time. */
static void tell_attempt(
    struct doctor_road *road, struct attempt *attempt, bool stands, bool last)
{
	struct doctor_finding *finding = g_steal_pointer(&attempt->finding);
	const GError *error = attempt->error;

	if (attempt->stands)
		doctor_say(finding, DOCTOR_OK,
		    connector_has_proxy(&road->target)
			? _("%s port %d through it")
			: "%s port %d",
		    attempt->host, road->target.port);
	else if (!stands)
		doctor_fail(
		    finding, failure_exit_status(error), "%s", error->message);
	else if (finding->took < (int64_t)SLOW * 1000)
		doctor_say(finding, DOCTOR_OK,
		    "%s; another address answers, and no time is lost",
		    error->message);
	else
		doctor_words_broken(finding, attempt->v6, error);
	/* Once is enough. */
	if (finding->verdict == DOCTOR_FAILED && last)
		doctor_words_advise(finding, road->account, road->clock, error);
	road->events->tell(road->data, finding);
}

static void judge_attempts(struct doctor_road *road)
{
	bool stands = any_stands(road);

	loop_timer_set(road->timer, INT64_MAX);
	for (unsigned i = 0; i < road->attempts->len; i++)
		tell_attempt(road, road->attempts->pdata[i], stands,
		    i + 1 == road->attempts->len);
	g_clear_pointer(&road->finding, doctor_finding_free);
	if (stands)
		doctor_visit_start(road);
	else
		doctor_road_give_up(road);
}

static bool all_over(const struct doctor_road *road)
{
	for (unsigned i = 0; i < road->attempts->len; i++)
		if (((struct attempt *)road->attempts->pdata[i])->connector !=
		    NULL)
			return false;
	return true;
}

static void attempt_done(void *data, int fd, const GError *error)
{
	struct attempt *attempt = data;
	struct doctor_road *road = attempt->road;

	attempt->connector = NULL;
	attempt->stands = fd >= 0;
	attempt->error = error != NULL ? g_error_copy(error) : NULL;
	doctor_say(attempt->finding, DOCTOR_OK, "%s", attempt->host);
	if (fd >= 0)
		close(fd);
	if (all_over(road))
		judge_attempts(road);
}

static void attempt_late(struct doctor_road *road, struct attempt *attempt)
{
	if (attempt->connector == NULL)
		return;
	g_clear_pointer(&attempt->connector, connector_cancel);
	doctor_say(attempt->finding, DOCTOR_OK, "%s", attempt->host);
	attempt->error = g_error_new(NET_ERROR, NET_ERROR_TIMEOUT,
	    "no connection to %s port %d within %d s", attempt->host,
	    road->target.port, TCP_TIME / 1000);
}

static void attempts_late(struct doctor_road *road)
{
	for (unsigned i = 0; i < road->attempts->len; i++)
		attempt_late(road, road->attempts->pdata[i]);
	judge_attempts(road);
}

static void add_attempt(struct doctor_road *road, const char *host)
{
	struct attempt *attempt = g_new0(struct attempt, 1);
	struct connector_target target = road->target;

	target.host = host;
	attempt->road = road;
	attempt->host = g_strdup(host);
	attempt->v6 = strchr(host, ':') != NULL;
	attempt->finding = doctor_finding_new(connector_has_proxy(&target)
		? N_("proxy")
		: doctor_stages[DOCTOR_TCP]);
	g_ptr_array_add(road->attempts, attempt);
	attempt->connector = connector_start(
	    road->net->connector, &target, attempt_done, attempt);
}

static void start_attempts(struct doctor_road *road)
{
	doctor_road_begin(road, DOCTOR_TCP, TCP_TIME);
	for (unsigned i = 0; i < MIN(road->hosts->len, ADDRESSES_MAX); i++)
		add_attempt(road, road->hosts->pdata[i]);
}

/* ---- the name ---- */

static void tell_name(struct doctor_road *road)
{
	g_autofree char *all = NULL;

	g_ptr_array_add(road->hosts, NULL);
	all = g_strjoinv(", ", (char **)road->hosts->pdata);
	g_ptr_array_set_size(road->hosts, (int)road->hosts->len - 1);
	doctor_say(
	    road->finding, DOCTOR_OK, "%s is %s", road->account->host, all);
	doctor_road_tell(road);
}

static void blame_name(struct doctor_road *road, const GError *error)
{
	if (g_error_matches(
		error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
		doctor_fail(road->finding, EX_UNAVAILABLE,
		    "there is no host %s", road->account->host);
	else
		doctor_fail(road->finding, EX_UNAVAILABLE,
		    "no name server tells what %s is: %s", road->account->host,
		    error->message);
	doctor_advise(road->finding,
	    "is host written right, is the network up, and does its name "
	    "server (/etc/resolv.conf) answer?");
	doctor_road_give_up(road);
}

static void name_came(GObject *source, GAsyncResult *result, gpointer data)
{
	struct doctor_road *road = data;
	g_autoptr(GError) error = NULL;
	GList *addresses = g_resolver_lookup_by_name_finish(
	    G_RESOLVER(source), result, &error);

	/* The road may have gone. */
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	g_clear_object(&road->cancellable);
	for (GList *link = addresses; link != NULL; link = link->next)
		g_ptr_array_add(
		    road->hosts, g_inet_address_to_string(link->data));
	g_resolver_free_addresses(addresses);
	if (error != NULL) {
		blame_name(road, error);
		return;
	}
	tell_name(road);
	start_attempts(road);
}

static void name_late(struct doctor_road *road)
{
	g_cancellable_cancel(road->cancellable);
	g_clear_object(&road->cancellable);
	doctor_fail(road->finding, EX_TEMPFAIL,
	    "no name server has told within %d s what %s is", NAME_TIME / 1000,
	    road->account->host);
	doctor_advise(road->finding,
	    "is the network up, and does its name server (/etc/resolv.conf) "
	    "answer?");
	doctor_road_give_up(road);
}

/* What a proxy is told by name need not be known here. */
static void start_name(struct doctor_road *road)
{
	g_autoptr(GResolver) resolver = NULL;

	if (connector_has_proxy(&road->target)) {
		g_ptr_array_add(road->hosts, g_strdup(road->account->host));
		start_attempts(road);
		return;
	}
	doctor_road_begin(road, DOCTOR_NAME, NAME_TIME);
	resolver = g_resolver_get_default();
	road->cancellable = g_cancellable_new();
	g_resolver_lookup_by_name_async(
	    resolver, road->account->host, road->cancellable, name_came, road);
}

/* ---- the secret ---- */

static void secret_came(void *data, const char *secret, const GError *error)
{
	struct doctor_road *road = data;

	(void)secret;
	road->secret = NULL;
	road->locked = error != NULL;
	doctor_words_secret(road->finding, road->account, error);
	doctor_road_tell(road);
	start_name(road);
}

static void secret_late(struct doctor_road *road)
{
	g_clear_pointer(&road->secret, secret_cancel);
	road->locked = true;
	doctor_words_late(road->finding, road->account, SECRET_TIME / 1000);
	doctor_road_tell(road);
	start_name(road);
}

static void start_secret(struct doctor_road *road)
{
	const struct config_account *account = road->account;
	const struct secret_source source = {
	    .name = account->name,
	    .command = (const char *const *)(account->token_command != NULL
		    ? account->token_command
		    : account->password_command),
	    .password = account->password,
	};

	doctor_road_begin(road, DOCTOR_PASSWORD, SECRET_TIME);
	road->secret = secret_fetch(&source, secret_came, road);
}

/* ---- the whole ---- */

static void timer_fired(void *data)
{
	struct doctor_road *road = data;

	if (road->over)
		road->events->over(road->data);
	else if (road->secret != NULL)
		secret_late(road);
	else if (road->cancellable != NULL)
		name_late(road);
	else if (road->watch != NULL)
		doctor_visit_late(road);
	else
		attempts_late(road);
}

struct doctor_road *doctor_road_new(struct net *net,
    const struct settings *settings, const struct config_account *account,
    const char *clock, const struct doctor_road_events *events, void *data)
{
	struct doctor_road *road = g_new0(struct doctor_road, 1);

	road->net = net;
	road->settings = settings;
	road->account = account;
	road->clock = clock;
	road->events = events;
	road->data = data;
	road->target = (struct connector_target){.host = account->host,
	    .port = credentials_port(account),
	    .proxy = account->proxy};
	road->timer = loop_timer_new(net->loop, timer_fired, road);
	road->hosts = g_ptr_array_new_with_free_func(g_free);
	road->attempts = g_ptr_array_new_with_free_func(attempt_free);
	road->listed = g_ptr_array_new_with_free_func(imap_listed_free);
	road->unmatched = g_ptr_array_new();
	if (account->auth == CONFIG_AUTH_EXTERNAL)
		start_name(road);
	else
		start_secret(road);
	return road;
}

void doctor_road_free(struct doctor_road *road)
{
	if (road == NULL)
		return;
	watch_free(road->watch);
	secret_cancel(road->secret);
	if (road->cancellable != NULL)
		g_cancellable_cancel(road->cancellable);
	g_clear_object(&road->cancellable);
	g_clear_pointer(&road->finding, doctor_finding_free);
	g_ptr_array_unref(road->attempts);
	g_ptr_array_unref(road->hosts);
	g_ptr_array_unref(road->listed);
	g_ptr_array_unref(road->unmatched);
	g_clear_pointer(&road->boxes, g_ptr_array_unref);
	loop_timer_free(road->timer);
	g_free(road);
}
