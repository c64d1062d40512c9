/*
 * Criteria: each a row of a table that says how its value is read, what of
 * the message it looks at, when it holds, and when it follows from another of
 * its kind.  Patterns are pattern.c's, hours hours.c's.
 */
#include "rules/criterion.h"
#include "rules/hours.h"
#include "rules/pattern.h"
#include <inttypes.h>
#include <string.h>

#define HEADER_NAME_MAX   128
#define IMPORTANCE_FIELDS "IMPORTANCE X-PRIORITY PRIORITY X-MSMAIL-PRIORITY"

enum level {
	LEVEL_LOW,
	LEVEL_NORMAL,
	LEVEL_HIGH,
};
static const char *const level_names[] = {"low", "normal", "high"};

struct criterion_kind {
	const char *name;
	bool (*read)(
	    struct criterion *criterion, const char *value, GError **error);
	/* Appends what it looks at, new strings; none: nothing is there. */
	void (*collect)(
	    const struct criterion *criterion, struct criterion_case *asked);
	enum criterion_answer (*ask)(
	    const struct criterion *criterion, struct criterion_case *asked);
	bool (*implies)(const struct criterion *a, const struct criterion *b);
	/* Before the message is known; NULL: nothing can be said. */
	enum criterion_answer (*foresee)(
	    const struct criterion *criterion, const struct rules_place *place);
	unsigned wants;
	/* There is always a text: "*" holds for all messages. */
	bool always_there;
	/* Those of yes and no: which of them is it? */
	enum criterion_answer (*fact)(const struct criterion_case *asked);
};

/* ---- patterns ---- */

static bool read_as(struct criterion *criterion, const char *value,
    enum pattern_kind kind, GError **error)
{
	criterion->patterns = pattern_list_new(value, kind, error);
	return criterion->patterns != NULL;
}

static bool read_patterns(
    struct criterion *criterion, const char *value, GError **error)
{
	return read_as(criterion, value, PATTERN_TEXT, error);
}

static bool read_addresses(
    struct criterion *criterion, const char *value, GError **error)
{
	return read_as(criterion, value, PATTERN_ADDRESS, error);
}

static bool read_flags(
    struct criterion *criterion, const char *value, GError **error)
{
	return read_as(criterion, value, PATTERN_FLAG, error);
}

static bool read_keywords(
    struct criterion *criterion, const char *value, GError **error)
{
	return read_as(criterion, value, PATTERN_KEYWORD, error);
}

/* RFC 5322 ftext without what would not pass as an IMAP atom. */
static bool is_header_name(const char *name, size_t length)
{
	if (length == 0 || length > HEADER_NAME_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] <= 0x20 || name[i] >= 0x7f ||
		    strchr("(){%*\"\\]:", name[i]) != NULL)
			return false;
	return true;
}

static bool read_header(
    struct criterion *criterion, const char *value, GError **error)
{
	size_t length = strcspn(value, ":");

	if (value[length] == '\0' || !is_header_name(value, length)) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
		    "\"%s\" names no header field: write X-Priority: 1, 2",
		    value);
		return false;
	}
	criterion->header = g_ascii_strup(value, (gssize)length);
	return read_patterns(criterion, value + length + 1, error);
}

static enum criterion_answer ask_patterns(
    const struct criterion *criterion, struct criterion_case *asked)
{
	return pattern_list_match(
		   criterion->patterns, asked->texts, &asked->gave_up)
	    ? CRITERION_YES
	    : CRITERION_NO;
}

static enum criterion_answer foresee_text(
    const struct criterion *criterion, const char *text)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new();
	bool gave_up = false;

	bool matched;

	g_ptr_array_add(texts, (gpointer)text);
	matched = pattern_list_match(criterion->patterns, texts, &gave_up);
	if (gave_up)
		return CRITERION_UNKNOWN;
	return matched ? CRITERION_YES : CRITERION_NO;
}

static enum criterion_answer foresee_account(
    const struct criterion *criterion, const struct rules_place *place)
{
	return foresee_text(criterion, place->account);
}

static enum criterion_answer foresee_mailbox(
    const struct criterion *criterion, const struct rules_place *place)
{
	if (place->known == NULL)
		return foresee_text(criterion, place->mailbox);
	return pattern_list_may_match(
		   criterion->patterns, place->mailbox, place->known)
	    ? CRITERION_UNKNOWN
	    : CRITERION_NO;
}

static bool imply_patterns(const struct criterion *a, const struct criterion *b)
{
	return g_strcmp0(a->header, b->header) == 0 &&
	    pattern_list_implies(a->patterns, b->patterns);
}

static void collect_account(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	g_ptr_array_add(asked->texts, g_strdup(asked->message->account));
}

static void collect_mailbox(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	g_ptr_array_add(asked->texts, g_strdup(asked->message->mailbox));
}

static void collect_addresses(const GPtrArray *addresses, GPtrArray *texts)
{
	for (guint i = 0; i < addresses->len; i++) {
		const struct message_address *one = addresses->pdata[i];
		if (*one->address != '\0')
			g_ptr_array_add(texts, g_strdup(one->address));
		if (strcmp(one->ascii, one->address) != 0)
			g_ptr_array_add(texts, g_strdup(one->ascii));
	}
}

static void collect_from(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	collect_addresses(asked->message->from, asked->texts);
}

static void collect_to(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	collect_addresses(asked->message->to, asked->texts);
}

static void collect_cc(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	collect_addresses(asked->message->cc, asked->texts);
}

static void collect_subject(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	g_ptr_array_add(asked->texts, g_strdup(asked->message->subject));
}

/* list_id = * means any list, not any message. */
static void collect_list_id(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	if (*asked->message->list_id != '\0')
		g_ptr_array_add(
		    asked->texts, g_strdup(asked->message->list_id));
}

static void collect_header(
    const struct criterion *criterion, struct criterion_case *asked)
{
	const GPtrArray *headers = asked->message->headers;

	for (guint i = 0; i < headers->len; i++) {
		const struct message_header *one = headers->pdata[i];
		if (g_ascii_strcasecmp(one->name, criterion->header) == 0)
			g_ptr_array_add(asked->texts, g_strdup(one->value));
	}
}

/* Flags without their backslash, which in a pattern means something else. */
static void collect_words(struct criterion_case *asked, bool system)
{
	g_auto(GStrv) flags = g_strsplit(asked->message->flags, " ", -1);

	for (char **flag = flags; *flag != NULL; flag++)
		if (**flag != '\0' && (**flag == '\\') == system)
			g_ptr_array_add(
			    asked->texts, g_strdup(*flag + (system ? 1 : 0)));
}

static void collect_flags(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	collect_words(asked, true);
}

static void collect_keywords(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	collect_words(asked, false);
}

/* ---- sizes ---- */

static bool read_octets(
    struct criterion *criterion, const char *value, GError **error)
{
	guint64 octets;

	if (!g_ascii_string_to_unsigned(
		value, 10, 0, G_MAXUINT64, &octets, NULL)) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
		    "\"%s\" is no number of octets", value);
		return false;
	}
	criterion->octets = octets;
	return true;
}

static void collect_size(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	g_ptr_array_add(
	    asked->texts, g_strdup_printf("%" PRIu64, asked->message->size));
}

static enum criterion_answer ask_larger(
    const struct criterion *criterion, struct criterion_case *asked)
{
	return asked->message->size > criterion->octets ? CRITERION_YES
							: CRITERION_NO;
}

static enum criterion_answer ask_smaller(
    const struct criterion *criterion, struct criterion_case *asked)
{
	return asked->message->size < criterion->octets ? CRITERION_YES
							: CRITERION_NO;
}

static bool imply_larger(const struct criterion *a, const struct criterion *b)
{
	return a->octets >= b->octets;
}

static bool imply_smaller(const struct criterion *a, const struct criterion *b)
{
	return a->octets <= b->octets;
}

/* ---- importance ---- */

/* In the order in which fields count; RFC 2156 5.3.4 and 5.3.6 (Importance,
 * Priority), the others are what mail programs made up. */
static const struct {
	const char *field, *word;
	enum level level;
} level_words[] = {
    {"Importance", "high", LEVEL_HIGH},
    {"Importance", "normal", LEVEL_NORMAL},
    {"Importance", "medium", LEVEL_NORMAL},
    {"Importance", "low", LEVEL_LOW},
    {"X-Priority", "1", LEVEL_HIGH},
    {"X-Priority", "2", LEVEL_HIGH},
    {"X-Priority", "3", LEVEL_NORMAL},
    {"X-Priority", "4", LEVEL_LOW},
    {"X-Priority", "5", LEVEL_LOW},
    {"Priority", "urgent", LEVEL_HIGH},
    {"Priority", "normal", LEVEL_NORMAL},
    {"Priority", "non-urgent", LEVEL_LOW},
    {"X-MSMail-Priority", "high", LEVEL_HIGH},
    {"X-MSMail-Priority", "normal", LEVEL_NORMAL},
    {"X-MSMail-Priority", "low", LEVEL_LOW},
};

/* The first word of "1 (Highest)". */
static bool begins_with_word(const char *value, const char *word)
{
	size_t size;

	value += strspn(value, " \t");
	size = strcspn(value, " \t(;,");
	return size == strlen(word) &&
	    g_ascii_strncasecmp(value, word, size) == 0;
}

static bool says(
    const struct message *message, const char *field, const char *word)
{
	for (guint i = 0; i < message->headers->len; i++) {
		const struct message_header *one = message->headers->pdata[i];
		if (g_ascii_strcasecmp(one->name, field) == 0 &&
		    begins_with_word(one->value, word))
			return true;
	}
	return false;
}

static enum level find_level(const struct message *message)
{
	for (size_t i = 0; i < G_N_ELEMENTS(level_words); i++)
		if (says(message, level_words[i].field, level_words[i].word))
			return level_words[i].level;
	return LEVEL_NORMAL;
}

static bool read_level(const char *word, unsigned *levels)
{
	for (size_t i = 0; i < G_N_ELEMENTS(level_names); i++) {
		if (g_ascii_strcasecmp(word, level_names[i]) != 0)
			continue;
		*levels |= 1U << i;
		return true;
	}
	return false;
}

static bool read_levels(
    struct criterion *criterion, const char *value, GError **error)
{
	const char *left = value;

	do {
		size_t size = strcspn(left, ",");
		g_autofree char *word = g_strndup(left, size);

		if (!read_level(g_strstrip(word), &criterion->levels)) {
			g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
			    "\"%s\" is none of high, normal, low", word);
			return false;
		}
		left += size;
	} while (*left++ == ',');
	return true;
}

static void collect_level(
    const struct criterion *criterion, struct criterion_case *asked)
{
	(void)criterion;
	g_ptr_array_add(
	    asked->texts, g_strdup(level_names[find_level(asked->message)]));
}

static enum criterion_answer ask_level(
    const struct criterion *criterion, struct criterion_case *asked)
{
	return (criterion->levels >> find_level(asked->message) & 1) != 0
	    ? CRITERION_YES
	    : CRITERION_NO;
}

static bool imply_levels(const struct criterion *a, const struct criterion *b)
{
	return (a->levels & ~b->levels) == 0;
}

/* ---- time ---- */

static bool read_hours(
    struct criterion *criterion, const char *value, GError **error)
{
	criterion->hours = hours_new(value, error);
	return criterion->hours != NULL;
}

static int find_minute(const struct criterion_case *asked)
{
	return asked->facts != NULL ? asked->facts->minute_of_week : -1;
}

static void collect_time(
    const struct criterion *criterion, struct criterion_case *asked)
{
	static const char *const days[] = {
	    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	int minute = find_minute(asked);

	(void)criterion;
	if (minute >= 0)
		g_ptr_array_add(asked->texts,
		    g_strdup_printf("%s %02d:%02d", days[minute / HOURS_DAY],
			minute % HOURS_DAY / 60, minute % 60));
}

static enum criterion_answer ask_time(
    const struct criterion *criterion, struct criterion_case *asked)
{
	int minute = find_minute(asked);

	if (minute < 0)
		return CRITERION_UNKNOWN;
	return hours_hold(criterion->hours, (unsigned)minute) ? CRITERION_YES
							      : CRITERION_NO;
}

static bool imply_time(const struct criterion *a, const struct criterion *b)
{
	for (unsigned minute = 0; minute < HOURS_WEEK; minute++)
		if (hours_hold(a->hours, minute) &&
		    !hours_hold(b->hours, minute))
			return false;
	return true;
}

/* ---- yes and no ---- */

static bool read_yes_no(
    struct criterion *criterion, const char *value, GError **error)
{
	criterion->yes = g_ascii_strcasecmp(value, "yes") == 0;
	if (criterion->yes || g_ascii_strcasecmp(value, "no") == 0)
		return true;
	g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
	    "\"%s\" is none of yes, no", value);
	return false;
}

static void collect_fact(
    const struct criterion *criterion, struct criterion_case *asked)
{
	enum criterion_answer fact = criterion->kind->fact(asked);

	if (fact != CRITERION_UNKNOWN)
		g_ptr_array_add(asked->texts,
		    g_strdup(fact == CRITERION_YES ? "yes" : "no"));
}

static enum criterion_answer ask_fact(
    const struct criterion *criterion, struct criterion_case *asked)
{
	enum criterion_answer fact = criterion->kind->fact(asked);

	if (fact == CRITERION_UNKNOWN)
		return CRITERION_UNKNOWN;
	return (fact == CRITERION_YES) == criterion->yes ? CRITERION_YES
							 : CRITERION_NO;
}

static bool imply_fact(const struct criterion *a, const struct criterion *b)
{
	return a->yes == b->yes;
}

static enum criterion_answer has_attachment(const struct criterion_case *asked)
{
	static const enum criterion_answer answers[] = {
	    [MESSAGE_ATTACHMENT_UNKNOWN] = CRITERION_UNKNOWN,
	    [MESSAGE_ATTACHMENT_NO] = CRITERION_NO,
	    [MESSAGE_ATTACHMENT_YES] = CRITERION_YES,
	};

	return answers[asked->message->attachment];
}

/* Both forms of an address, whichever the other side has written down. */
static enum criterion_answer ask_sender(const struct criterion_case *asked,
    bool (*knows)(void *data, const char *address))
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	if (knows == NULL)
		return CRITERION_UNKNOWN;
	collect_addresses(asked->message->from, texts);
	for (guint i = 0; i < texts->len; i++)
		if (knows(asked->facts->data, texts->pdata[i]))
			return CRITERION_YES;
	return CRITERION_NO;
}

static enum criterion_answer is_seen_before(const struct criterion_case *asked)
{
	return ask_sender(
	    asked, asked->facts != NULL ? asked->facts->seen_before : NULL);
}

static enum criterion_answer is_contact(const struct criterion_case *asked)
{
	return ask_sender(
	    asked, asked->facts != NULL ? asked->facts->contact : NULL);
}

/* ---- the table ---- */

#define PATTERNS(reads, collects)                                    \
	.read = (reads), .collect = (collects), .ask = ask_patterns, \
	.implies = imply_patterns
#define YES_NO(answers)                                                \
	.read = read_yes_no, .collect = collect_fact, .ask = ask_fact, \
	.implies = imply_fact, .fact = (answers)

#define OTHER(reads, collects, asks, follows)                  \
	.read = (reads), .collect = (collects), .ask = (asks), \
	.implies = (follows)

static const struct criterion_kind kinds[] = {
    {"account", PATTERNS(read_patterns, collect_account), .always_there = true,
	.foresee = foresee_account},
    {"mailbox", PATTERNS(read_patterns, collect_mailbox), .always_there = true,
	.foresee = foresee_mailbox},
    {"from", PATTERNS(read_addresses, collect_from)},
    {"to", PATTERNS(read_addresses, collect_to)},
    {"cc", PATTERNS(read_addresses, collect_cc)},
    {"subject", PATTERNS(read_patterns, collect_subject), .always_there = true},
    {"list_id", PATTERNS(read_patterns, collect_list_id)},
    {"header", PATTERNS(read_header, collect_header)},
    {"flags", PATTERNS(read_flags, collect_flags)},
    {"keyword", PATTERNS(read_keywords, collect_keywords)},
    {"larger", OTHER(read_octets, collect_size, ask_larger, imply_larger)},
    {"smaller", OTHER(read_octets, collect_size, ask_smaller, imply_smaller)},
    {"importance", OTHER(read_levels, collect_level, ask_level, imply_levels)},
    {"attachment", YES_NO(has_attachment), .wants = RULES_WANT_STRUCTURE},
    {"time", OTHER(read_hours, collect_time, ask_time, imply_time),
	.wants = RULES_WANT_TIME},
    {"seen_before", YES_NO(is_seen_before), .wants = RULES_WANT_SENDERS},
    {"contact", YES_NO(is_contact), .wants = RULES_WANT_CONTACTS},
};

static const struct criterion_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

struct criterion *criterion_new(
    const char *name, const char *value, GError **error)
{
	g_autoptr(Criterion) criterion = g_new0(struct criterion, 1);

	criterion->kind = find_kind(name);
	if (criterion->kind == NULL) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_VALUE,
		    "%s is no criterion of a rule", name);
		return NULL;
	}
	criterion->wanted = g_strdup(value);
	if (!criterion->kind->read(criterion, value, error))
		return NULL;
	criterion->is_certain = criterion->kind->always_there &&
	    pattern_list_takes_all(criterion->patterns);
	return g_steal_pointer(&criterion);
}

void criterion_free(struct criterion *criterion)
{
	if (criterion == NULL)
		return;
	g_free(criterion->wanted);
	g_free(criterion->header);
	pattern_list_free(criterion->patterns);
	hours_free(criterion->hours);
	g_free(criterion);
}

const char *criterion_name(const struct criterion *criterion)
{
	return criterion->kind->name;
}

enum criterion_answer criterion_ask(
    const struct criterion *criterion, struct criterion_case *asked)
{
	criterion->kind->collect(criterion, asked);
	return criterion->kind->ask(criterion, asked);
}

enum criterion_answer criterion_foresee(
    const struct criterion *criterion, const struct rules_place *place)
{
	if (criterion->is_certain)
		return CRITERION_YES;
	return criterion->kind->foresee != NULL
	    ? criterion->kind->foresee(criterion, place)
	    : CRITERION_UNKNOWN;
}

unsigned criterion_wants(const struct criterion *criterion)
{
	return criterion->kind->wants;
}

const char *criterion_fields(const struct criterion *criterion)
{
	return criterion->levels != 0 ? IMPORTANCE_FIELDS : criterion->header;
}

bool criterion_implies(const struct criterion *a, const struct criterion *b)
{
	return a->kind == b->kind && a->kind->implies(a, b);
}

/* Sizes only: of all else a message may have several. */
bool criterion_excludes(const struct criterion *a, const struct criterion *b)
{
	return a->kind->ask == ask_larger && b->kind->ask == ask_smaller &&
	    (b->octets == 0 || a->octets >= b->octets - 1);
}
