/*
 * Sentences, one for each thing that is found.
 */
#include "app/doctor-words.h"
#include "app/credentials.h"
#include "config/nearest.h"
#include "os/language.h"
#include <string.h>
#include <sysexits.h>
#include <time.h>

enum {
	DAY = 24 * 60 * 60,
	DAYS_MIN = 14,  /* of a certificate that is left in peace */
	LIST_MAX = 400, /* octets, about, of names in a line */
};

/* ---- the secret ---- */

static char *const *command_of(const struct config_account *account)
{
	return account->token_command != NULL ? account->token_command
					      : account->password_command;
}

static const char *key_of(const struct config_account *account)
{
	return account->token_command != NULL ? "token_command"
					      : "password_command";
}

/* The command itself may hold a secret: only its program is named. */
static void tell_secret(
    struct doctor_finding *finding, const struct config_account *account)
{
	char *const *command = command_of(account);

	if (command != NULL)
		doctor_say(finding, DOCTOR_OK, "%s (%s) gave it",
		    key_of(account), command[0]);
	else
		doctor_say(finding, DOCTOR_OK, "%s",
		    account->password != NULL
			? _("it stands in the configuration")
			: _("it is among the service's credentials"));
}

/* What keeps a keyring locked, by the program that asks it. */
static const struct {
	const char *program, *advice;
} keyrings[] = {
    {"secret-tool",
	N_("the keyring is probably locked, or has no such entry: unlock it (log "
	   "in to the desktop, or use seahorse) and run the command in a terminal")},
    {"kwallet-query",
	N_("the wallet is probably locked: open it (kwalletmanager5) and run the "
	   "command in a terminal")},
    {"pass",
	N_("is gpg-agent's key locked?  Run the command in a terminal; a keyring "
	   "that asks needs a pinentry which can be seen")},
    {"gpg",
	N_("is gpg-agent's key locked?  Run the command in a terminal; a keyring "
	   "that asks needs a pinentry which can be seen")},
};

static void advise_on_command(
    struct doctor_finding *finding, const struct config_account *account)
{
	g_autofree char *name = g_path_get_basename(command_of(account)[0]);

	for (size_t i = 0; i < G_N_ELEMENTS(keyrings); i++)
		if (strcmp(keyrings[i].program, name) == 0) {
			doctor_advise(finding, "%s", _(keyrings[i].advice));
			return;
		}
	doctor_advise(finding,
	    "run the command of %s in a terminal: it must print the password "
	    "and exit with 0; if it asks a keyring, that is probably locked",
	    key_of(account));
}

void doctor_words_secret(struct doctor_finding *finding,
    const struct config_account *account, const GError *error)
{
	if (error == NULL) {
		tell_secret(finding, account);
		return;
	}
	doctor_fail(finding, EX_NOPERM, "%s", error->message);
	if (command_of(account) != NULL)
		advise_on_command(finding, account);
	else
		doctor_advise(finding,
		    "password_command = secret-tool lookup "
		    "service idlebell account %s",
		    account->name);
}

void doctor_words_late(struct doctor_finding *finding,
    const struct config_account *account, int seconds)
{
	char *const *command = command_of(account);

	doctor_fail(finding, EX_NOPERM,
	    "the command \"%s\" for the password does not end within %d s",
	    command != NULL ? command[0] : "", seconds);
	if (command != NULL)
		advise_on_command(finding, account);
}

/* ---- connections ---- */

void doctor_words_broken(
    struct doctor_finding *finding, bool v6, const GError *error)
{
	const char *family = v6 ? "IPv6" : "IPv4";

	doctor_say(finding, DOCTOR_WARNING,
	    "%s is broken between here and the server: %s", family,
	    error->message);
	doctor_advise(finding,
	    "another address answers, but each connection is delayed by the "
	    "attempt: mend %s here (ip route), or turn it off",
	    family);
}

void doctor_words_certificate(struct doctor_finding *finding,
    const struct tls_certificate *certificate, bool pinned)
{
	int64_t days = (certificate->until - time(NULL)) / DAY;
	g_autofree char *end = language_date(certificate->until);
	unsigned long n = (unsigned long)MAX(days, 0);

	/* TRANSLATORS: a certificate: whose, by whom, days, a date, a pin. */
	doctor_say(finding, days < DAYS_MIN ? DOCTOR_WARNING : DOCTOR_OK,
	    pinned
		? ngettext("%s, by %s, for %d more day (until %s), with "
			   "tls_pin; it has %s",
		      "%s, by %s, for %d more days (until %s), with tls_pin; "
		      "it has %s",
		      n)
		: ngettext("%s, by %s, for %d more day (until %s), pin %s",
		      "%s, by %s, for %d more days (until %s), pin %s", n),
	    certificate->subject, certificate->issuer, (int)days, end,
	    certificate->pin != NULL ? certificate->pin : "?");
	finding->took = -1;
	if (days < DAYS_MIN)
		doctor_advise(finding,
		    "tell whoever runs the server to renew it: once it has "
		    "expired no mail is seen any more");
}

void doctor_words_silence(struct doctor_finding *finding,
    const struct config_account *account, bool first)
{
	int port = credentials_port(account);

	doctor_fail(finding, EX_TEMPFAIL, "%s port %d says nothing",
	    account->host, port);
	if (first && account->tls != CONFIG_TLS_IMPLICIT)
		doctor_advise(finding,
		    "perhaps port %d wants TLS from the first octet: "
		    "tls = implicit (port 993, usually); or the server "
		    "hangs, or is none for IMAP",
		    port);
	else if (first)
		doctor_advise(finding,
		    "perhaps port %d is plain text first: tls = starttls (port "
		    "143, usually); or the server hangs, or is none for IMAP",
		    port);
	else
		doctor_advise(finding,
		    "the server hangs, or something between "
		    "here and it does");
}

/* ---- capabilities ---- */

static void append(GString *text, const char *word)
{
	g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", word);
}

static char *join_logins(const struct imap_capabilities *capabilities)
{
	static const enum imap_capability logins[] = {IMAP_CAP_AUTH_PLAIN,
	    IMAP_CAP_AUTH_LOGIN, IMAP_CAP_AUTH_EXTERNAL, IMAP_CAP_AUTH_XOAUTH2,
	    IMAP_CAP_AUTH_OAUTHBEARER};
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(logins); i++)
		if (imap_capabilities_have(capabilities, logins[i]))
			append(text, imap_capability_name(logins[i]));
	if (text->len == 0)
		append(text, "LOGIN");
	return g_string_free(text, FALSE);
}

static bool is_here(const char *host)
{
	return strcmp(host, "localhost") == 0 ||
	    g_str_has_prefix(host, "127.") || strcmp(host, "::1") == 0;
}

void doctor_words_greeting(struct doctor_finding *finding,
    const struct config_account *account,
    const struct imap_capabilities *capabilities)
{
	g_autofree char *logins = join_logins(capabilities);

	doctor_say(
	    finding, DOCTOR_OK, "it is an IMAP server and takes %s", logins);
	if (account->tls != CONFIG_TLS_NONE || is_here(account->host))
		return;
	finding->verdict = DOCTOR_WARNING;
	doctor_advise(finding,
	    "tls = none: the password and all mail can be read by everybody "
	    "between here and the server");
}

/* What we make of the words of a server. */
static const struct {
	enum imap_capability capability;
	const char *with, *without; /* NULL: not worth a word */
} meanings[] = {
    {IMAP_CAP_IDLE, N_("IDLE: it pushes new mail"),
	N_("no IDLE: it has to be asked for new mail")},
    {IMAP_CAP_NOTIFY, N_("NOTIFY: for all mailboxes over one connection"),
	N_("no NOTIFY: for one mailbox a connection")},
    {IMAP_CAP_QRESYNC,
	N_("QRESYNC: after a pause it tells at once what was read and deleted"),
	NULL},
    {IMAP_CAP_MOVE, "MOVE", NULL},
    {IMAP_CAP_UIDPLUS, "UIDPLUS", NULL},
    {IMAP_CAP_SPECIAL_USE, N_("SPECIAL-USE: it knows which mailbox is which"),
	NULL},
    {IMAP_CAP_PREVIEW, "PREVIEW", NULL},
};

void doctor_words_capabilities(struct doctor_finding *finding,
    const struct config_account *account,
    const struct imap_capabilities *capabilities)
{
	g_autoptr(GString) text = g_string_new(NULL);
	bool idle = imap_capabilities_have(capabilities, IMAP_CAP_IDLE);
	bool fine = idle || account->method == CONFIG_METHOD_POLL;

	for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++) {
		bool has = imap_capabilities_have(
		    capabilities, meanings[i].capability);
		const char *word = has ? meanings[i].with : meanings[i].without;

		if (word != NULL)
			g_string_append_printf(
			    text, "%s%s", text->len > 0 ? "; " : "", _(word));
	}
	doctor_say(finding, fine ? DOCTOR_OK : DOCTOR_WARNING, "%s", text->str);
	if (!fine)
		doctor_advise(finding,
		    "mail is seen up to poll_interval late; another server, "
		    "or another port of it, may have IDLE");
}

/* ---- mailboxes ---- */

/* The one nearest to name, as the server writes it, or NULL. */
static const char *nearest_mailbox(const GPtrArray *listed, const char *name)
{
	g_autofree char *wanted = g_ascii_strdown(name, -1);
	struct nearest nearest = nearest_to(wanted);
	const char *found = NULL;

	for (unsigned i = 0; i < listed->len; i++) {
		const struct imap_listed *mailbox = listed->pdata[i];
		g_autofree char *lower = g_ascii_strdown(mailbox->mailbox, -1);
		unsigned before = nearest.distance;

		nearest_offer(&nearest, lower);
		if (nearest.distance < before)
			found = mailbox->mailbox;
	}
	return found;
}

void doctor_words_missing(GString *bad, GString *advice,
    const GPtrArray *listed, const char *name, const char *why)
{
	const char *near = nearest_mailbox(listed, name);

	g_string_append_printf(
	    bad, "%s%s: %s", bad->len > 0 ? "; " : "", name, why);
	if (near != NULL && strcmp(near, name) != 0)
		g_string_append_printf(
		    advice, _("did you mean %s instead of %s?  "), near, name);
}

static char *print_interval(int64_t ms)
{
	if (ms % 60000 == 0)
		return g_strdup_printf("%dm", (int)(ms / 60000));
	return g_strdup_printf("%ds", (int)(ms / 1000));
}

static char *describe_method(
    const struct config_account *account, enum imap_method method)
{
	g_autofree char *interval = print_interval(account->poll_interval);

	switch (method) {
	case IMAP_METHOD_NOTIFY:
		return g_strdup(_("pushed, NOTIFY"));
	case IMAP_METHOD_IDLE:
		return g_strdup(_("pushed, IDLE"));
	case IMAP_METHOD_STATUS:
		return g_strdup_printf(
		    _("asked for every %s, STATUS"), interval);
	case IMAP_METHOD_POLL:
		return g_strdup_printf(_("asked for every %s, NOOP"), interval);
	case IMAP_METHOD_NONE:
	default:
		return g_strdup(_("not watched"));
	}
}

void doctor_words_method(GString *text, const struct config_account *account,
    const char *name, enum imap_method method)
{
	g_autofree char *how = describe_method(account, method);

	if (g_str_has_suffix(text->str, "..."))
		return;
	if (text->len > LIST_MAX)
		append(text, "...");
	else
		g_string_append_printf(
		    text, "%s%s (%s)", text->len > 0 ? ", " : "", name, how);
}

void doctor_words_methods(struct doctor_finding *finding,
    const struct config_account *account, enum imap_method home,
    const char *why, const GString *text)
{
	bool pushed = home == IMAP_METHOD_IDLE || home == IMAP_METHOD_NOTIFY;
	bool fine = pushed || account->method == CONFIG_METHOD_POLL;

	/* TRANSLATORS: methods, and why they are no better. */
	doctor_say(finding, fine ? DOCTOR_OK : DOCTOR_WARNING,
	    why != NULL ? _("%s; as %s") : "%s",
	    text->len > 0 ? text->str : _("none"), why);
	finding->took = -1;
	if (!fine)
		doctor_advise(finding,
		    "new mail is not pushed: it is seen up to poll_interval "
		    "late");
}

/* ---- IDLE ---- */

void doctor_words_idle(struct doctor_finding *finding, enum imap_method home)
{
	bool idle = home == IMAP_METHOD_IDLE || home == IMAP_METHOD_NOTIFY;

	doctor_say(finding, DOCTOR_OK, "%s",
	    idle ? _("the server has begun it, and answers DONE within this "
		     "time: one round trip")
		 : _("not used; the server answers NOOP within this time: one "
		     "round trip"));
}

void doctor_words_dead(struct doctor_finding *finding, bool begun)
{
	doctor_fail(finding, EX_PROTOCOL,
	    begun ? _("IDLE is offered, but dead: the server has begun it, but "
		      "does not answer DONE")
		  : _("IDLE is offered, but dead: the server does not answer "
		      "it with \"+\""));
	if (!begun)
		finding->took = -1;
	doctor_advise(finding,
	    "method = poll asks for new mail instead; tell whoever runs the "
	    "server, or a proxy before it");
}

/* ---- errors ---- */

static void advise_on_clock(
    struct doctor_finding *finding, const char *clock, const GError *error)
{
	g_autoptr(GDateTime) date = g_date_time_new_now_utc();
	g_autofree char *now =
	    g_date_time_format(date, "%Y-%m-%d %H:%M:%S UTC");

	if (clock != NULL)
		doctor_advise(finding,
		    "%s: set it (timedatectl set-ntp true), then the "
		    "certificate will do",
		    clock);
	else if (error->code == NET_ERROR_EARLY)
		doctor_advise(finding,
		    "the clock is wrong, most likely: here it is %s.  If that "
		    "is not so, set it (timedatectl set-ntp true)",
		    now);
	else
		doctor_advise(finding,
		    "here it is %s: if that is so, whoever runs the server has "
		    "to renew the certificate; else the clock is wrong: set it "
		    "(timedatectl set-ntp true)",
		    now);
}

static void advise_on_port(
    struct doctor_finding *finding, const struct config_account *account)
{
	doctor_advise(finding,
	    "is port %d right?  Usually it is 993 with tls = implicit, and 143 "
	    "with tls = starttls; else the server is down, or a firewall "
	    "refuses",
	    credentials_port(account));
}

static void advise_on_tls(
    struct doctor_finding *finding, const struct config_account *account)
{
	doctor_advise(finding,
	    account->tls == CONFIG_TLS_IMPLICIT
		? _("if port %d is for plain text first: tls = starttls")
		: _("does the server do STARTTLS on port %d?  Else tls = "
		    "implicit, on port 993"),
	    credentials_port(account));
}

/* What the error itself says well is not said again. */
static const struct {
	int code;
	const char *advice;
} advices[] = {
    {NET_ERROR_RESOLVE, N_("is host written right, and the network up?")},
    {NET_ERROR_NETWORK, N_("is the network up (ip route)?")},
    {NET_ERROR_TIMEOUT,
	N_("is the server up?  Or a firewall drops what goes there")},
    {NET_ERROR_PROXY,
	N_("is the proxy up, and \"proxy\" right?  Without one leave it out")},
    {NET_ERROR_VERIFY,
	N_("tls_ca_file or tls_pin make it trusted, if you know that it is "
	   "yours; else somebody may be listening")},
    {NET_ERROR_NO_AUTH, N_("see auth in idlebell.config(5)")},
    {NET_ERROR_SETUP, N_("see idlebell.config(5)")},
};

static void advise_on_net(struct doctor_finding *finding, const GError *error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(advices); i++)
		if (advices[i].code == error->code)
			doctor_advise(finding, "%s", _(advices[i].advice));
}

static void advise_on_imap(struct doctor_finding *finding,
    const struct config_account *account, const GError *error)
{
	if (error->code == IMAP_ERROR_REFUSED)
		doctor_advise(finding,
		    "user and password are not what the server knows: many "
		    "want an app password, or a token (token_command)");
	else if (error->code == IMAP_ERROR_INSECURE)
		advise_on_tls(finding, account);
	else if (error->code == IMAP_ERROR_TIMEOUT)
		doctor_advise(finding,
		    "the server hangs, or something between "
		    "here and it does");
}

void doctor_words_advise(struct doctor_finding *finding,
    const struct config_account *account, const char *clock,
    const GError *error)
{
	if (error->domain == IMAP_ERROR)
		advise_on_imap(finding, account, error);
	else if (error->domain != NET_ERROR)
		return;
	else if (error->code == NET_ERROR_EARLY ||
	    error->code == NET_ERROR_EXPIRED)
		advise_on_clock(finding, clock, error);
	else if (error->code == NET_ERROR_CONNECT)
		advise_on_port(finding, account);
	else if (error->code == NET_ERROR_HANDSHAKE)
		advise_on_tls(finding, account);
	else
		advise_on_net(finding, error);
}
