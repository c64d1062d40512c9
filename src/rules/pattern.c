/*
 * Patterns: globs, matched here, and regular expressions, matched by GRegex
 * under a limit.  Who writes a pattern is trusted; what it is matched with is
 * not.  Case is folded on both sides, the pattern's once.
 */
#include "rules/pattern.h"
#include "rules/rules.h"
#include <string.h>

/* No character has these codes. */
#define GLOB_ANY  0x110000 /* '?' */
#define GLOB_STAR 0x110001 /* '*' */

struct pattern {
	bool excludes;
	GRegex *regex;  /* or NULL: a glob */
	char *source;   /* of the regex */
	gunichar *glob; /* folded, ends with 0 */
};

struct pattern_list {
	GPtrArray *patterns;
};

/* One text in the two shapes that patterns want. */
struct subject {
	char *text;
	gunichar *folded;
};

static void free_pattern(void *data)
{
	struct pattern *pattern = data;

	if (pattern->regex != NULL)
		g_regex_unref(pattern->regex);
	g_free(pattern->source);
	g_free(pattern->glob);
	g_free(pattern);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *text)
{
	while (is_blank(*text))
		text++;
	return text;
}

/* Composed as well: "é" may come as one character or as two. */
static gunichar *fold(const char *text)
{
	g_autofree char *composed =
	    g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
	g_autofree char *folded = g_utf8_casefold(composed, -1);

	return g_utf8_to_ucs4_fast(folded, -1, NULL);
}

static gunichar *compile_glob(const char *text)
{
	gunichar *glob = fold(text), *out = glob;

	for (const gunichar *c = glob; *c != 0; c++) {
		if (*c == '\\' && c[1] != 0)
			*out++ = *++c;
		else if (*c == '*')
			*out++ = GLOB_STAR;
		else
			*out++ = *c == '?' ? GLOB_ANY : *c;
	}
	*out = 0;
	return glob;
}

/*
 * Goes back to the last '*' only: steps at most pattern times text.  The text
 * may be a glob itself: then whether all that it matches is matched.  No text
 * has a GLOB_STAR, which stands for any number of characters, not for one.
 */
static bool match_glob(const gunichar *glob, const gunichar *text)
{
	const gunichar *star = NULL, *resume = NULL;

	while (*text != 0) {
		if (*glob == GLOB_STAR) {
			star = glob++;
			resume = text;
		} else if (*glob == *text ||
		    (*glob == GLOB_ANY && *text != GLOB_STAR)) {
			glob++;
			text++;
		} else if (star != NULL) {
			glob = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*glob == GLOB_STAR)
		glob++;
	return *glob == 0;
}

static bool match_regex(const GRegex *regex, const char *text, bool *gave_up)
{
	g_autoptr(GError) error = NULL;
	bool matched = g_regex_match_full(regex, text, -1, 0, 0, NULL, &error);

	*gave_up = error != NULL;
	return matched && error == NULL;
}

/* Compiled twice: an error must speak of what the user wrote.  LIMIT_RECURSION
 * is what PCRE 8 and PCRE2 (there also LIMIT_DEPTH) both know. */
static GRegex *compile_regex(const char *source, GError **error)
{
	g_autofree char *limited = NULL;
	g_autoptr(GError) cause = NULL;
	g_autoptr(GRegex) plain =
	    g_regex_new(source, G_REGEX_CASELESS, 0, &cause);

	if (plain == NULL) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_PATTERN, "/%s/: %s",
		    source, cause->message);
		return NULL;
	}
	limited = g_strdup_printf("(*LIMIT_MATCH=%d)(*LIMIT_RECURSION=%d)%s",
	    PATTERN_STEPS_MAX, PATTERN_DEPTH_MAX, source);
	return g_regex_new(limited, G_REGEX_CASELESS, 0, error);
}

/* The closing "/": not escaped, and followed by a comma or the end. */
static const char *find_close(const char *text)
{
	for (; *text != '\0'; text++) {
		const char *after = skip_blanks(text + 1);
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '/' && (*after == ',' || *after == '\0'))
			return text;
	}
	return NULL;
}

/* text stands behind the opening "/"; *ret_end behind the closing one. */
static bool read_regex(struct pattern *pattern, const char *text,
    const char **ret_end, GError **error)
{
	const char *close = find_close(text);

	if (close == NULL || close == text) {
		g_set_error(error, RULES_ERROR, RULES_ERROR_PATTERN,
		    close == NULL
			? "/%s: the regular expression lacks its closing \"/\""
			: "/%s: the regular expression is empty",
		    text);
		return false;
	}
	pattern->source = g_strndup(text, close - text);
	pattern->regex = compile_regex(pattern->source, error);
	*ret_end = close + 1;
	return pattern->regex != NULL;
}

static bool check_text(const char *glob, GError **error)
{
	(void)glob;
	(void)error;
	return true;
}

static bool check_address(const char *glob, GError **error)
{
	if (strpbrk(glob, "@*?") != NULL)
		return true;
	g_set_error(error, RULES_ERROR, RULES_ERROR_PATTERN,
	    "\"%s\" is compared with whole addresses and can match none: "
	    "write %s@example.org or *%s*",
	    glob, glob, glob);
	return false;
}

static bool is_system_flag(const char *name)
{
	static const char *const flags[] = {
	    "Seen", "Answered", "Flagged", "Deleted", "Draft", "Recent"};

	for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
		if (g_ascii_strcasecmp(flags[i], name) == 0)
			return true;
	return false;
}

static bool check_flag(const char *glob, GError **error)
{
	if (strpbrk(glob, "*?") != NULL ||
	    is_system_flag(glob + (*glob == '\\')))
		return true;
	g_set_error(error, RULES_ERROR, RULES_ERROR_PATTERN,
	    "\"%s\" is none of \\Seen, \\Answered, \\Flagged, \\Deleted, "
	    "\\Draft and \\Recent: for any other there is keyword =",
	    glob);
	return false;
}

static bool check_keyword(const char *glob, GError **error)
{
	if (*glob != '\\')
		return true;
	g_set_error(error, RULES_ERROR, RULES_ERROR_PATTERN,
	    "\"%s\" is a flag and no keyword: write flags = %s", glob, glob);
	return false;
}

static bool (*const checks[])(const char *glob, GError **error) = {
    [PATTERN_TEXT] = check_text,
    [PATTERN_ADDRESS] = check_address,
    [PATTERN_FLAG] = check_flag,
    [PATTERN_KEYWORD] = check_keyword,
};

static bool read_glob(struct pattern *pattern, const char *text,
    enum pattern_kind kind, const char **ret_end, GError **error)
{
	const char *end = text, *last = text;
	g_autofree char *glob = NULL;

	for (; *end != '\0' && *end != ','; end++) {
		if (*end == '\\' && end[1] != '\0')
			end++;
		else if (is_blank(*end))
			continue;
		last = end + 1;
	}
	if (last == text) {
		g_set_error_literal(error, RULES_ERROR, RULES_ERROR_PATTERN,
		    "a pattern is empty: write * for anything, "
		    "\\, for a comma");
		return false;
	}
	glob = g_strndup(text, last - text);
	if (!checks[kind](glob, error))
		return false;
	pattern->glob = compile_glob(glob);
	*ret_end = end;
	return true;
}

static bool read_pattern(struct pattern_list *list, const char *text,
    enum pattern_kind kind, const char **ret_end, GError **error)
{
	struct pattern *pattern = g_new0(struct pattern, 1);

	g_ptr_array_add(list->patterns, pattern);
	text = skip_blanks(text);
	pattern->excludes = *text == '!';
	if (pattern->excludes)
		text = skip_blanks(text + 1);
	if (*text == '/')
		return read_regex(pattern, text + 1, ret_end, error);
	return read_glob(pattern, text, kind, ret_end, error);
}

struct pattern_list *pattern_list_new(
    const char *text, enum pattern_kind kind, GError **error)
{
	g_autoptr(PatternList) list = g_new(struct pattern_list, 1);

	list->patterns = g_ptr_array_new_with_free_func(free_pattern);
	if (!g_utf8_validate(text, -1, NULL)) {
		g_set_error_literal(error, RULES_ERROR, RULES_ERROR_PATTERN,
		    "the pattern is not UTF-8");
		return NULL;
	}
	for (;;) {
		if (!read_pattern(list, text, kind, &text, error))
			return NULL;
		text = skip_blanks(text);
		if (*text == '\0')
			return g_steal_pointer(&list);
		text++;
	}
}

void pattern_list_free(struct pattern_list *list)
{
	if (list == NULL)
		return;
	g_ptr_array_unref(list->patterns);
	g_free(list);
}

static bool match_pattern(
    const struct pattern *pattern, const struct subject *subject, bool *gave_up)
{
	*gave_up = false;
	if (pattern->regex != NULL)
		return match_regex(pattern->regex, subject->text, gave_up);
	return match_glob(pattern->glob, subject->folded);
}

static struct subject *make_subject(const char *text)
{
	struct subject *subject = g_new(struct subject, 1);

	subject->text = g_utf8_make_valid(text, -1);
	subject->folded = fold(subject->text);
	return subject;
}

static void free_subject(void *data)
{
	struct subject *subject = data;

	g_free(subject->text);
	g_free(subject->folded);
	g_free(subject);
}

static GPtrArray *make_subjects(const GPtrArray *texts)
{
	GPtrArray *subjects = g_ptr_array_new_with_free_func(free_subject);

	for (guint i = 0; i < texts->len; i++)
		g_ptr_array_add(subjects, make_subject(texts->pdata[i]));
	return subjects;
}

/* Whether a pattern says yes to one of the subjects; giving up says no of a
 * pattern that includes and yes of one that excludes.  It ends the search: a
 * message may hold hundreds of texts that cost as much. */
static bool match_subjects(
    const struct pattern *pattern, const GPtrArray *subjects, bool *ret_gave_up)
{
	for (guint i = 0; i < subjects->len; i++) {
		bool gave_up;

		if (match_pattern(pattern, subjects->pdata[i], &gave_up))
			return true;
		if (gave_up) {
			*ret_gave_up = true;
			return pattern->excludes;
		}
	}
	return false;
}

bool pattern_list_match(
    const struct pattern_list *list, const GPtrArray *texts, bool *ret_gave_up)
{
	g_autoptr(GPtrArray) subjects = make_subjects(texts);
	bool included = false, includes = false;

	for (guint i = 0; i < list->patterns->len; i++) {
		const struct pattern *pattern = list->patterns->pdata[i];

		includes = includes || !pattern->excludes;
		if (included && !pattern->excludes)
			continue;
		if (!match_subjects(pattern, subjects, ret_gave_up))
			continue;
		if (pattern->excludes)
			return false;
		included = true;
	}
	return included || !includes;
}

/* ---- texts that are not known yet ---- */

static bool has_wildcard(const gunichar *glob)
{
	for (; *glob != 0; glob++)
		if (*glob == GLOB_ANY || *glob == GLOB_STAR)
			return true;
	return false;
}

static bool is_among(const gunichar *text, const GPtrArray *known)
{
	for (guint i = 0; i < known->len; i++) {
		g_autofree gunichar *other = fold(known->pdata[i]);

		if (match_glob(text, other))
			return true;
	}
	return false;
}

/* Only of a name can it be said that it does not fit. */
static bool may_include(
    const struct pattern *pattern, const gunichar *glob, const GPtrArray *known)
{
	if (pattern->excludes)
		return false;
	if (pattern->regex != NULL || has_wildcard(pattern->glob))
		return true;
	return match_glob(glob, pattern->glob) &&
	    !is_among(pattern->glob, known);
}

static bool excludes_all_of(const struct pattern *pattern, const gunichar *glob)
{
	return pattern->excludes && pattern->regex == NULL &&
	    match_glob(pattern->glob, glob);
}

bool pattern_list_may_match(
    const struct pattern_list *list, const char *glob, const GPtrArray *known)
{
	g_autofree gunichar *compiled = compile_glob(glob);
	bool included = false, includes = false;

	for (guint i = 0; i < list->patterns->len; i++) {
		const struct pattern *pattern = list->patterns->pdata[i];

		if (excludes_all_of(pattern, compiled))
			return false;
		includes |= !pattern->excludes;
		included |= may_include(pattern, compiled, known);
	}
	return included || !includes;
}

/* ---- what follows from what ---- */

static const gunichar all[] = {GLOB_STAR, 0};

/* a and b both include, or both exclude. */
static bool covers(const struct pattern *b, const struct pattern *a)
{
	if (b->regex == NULL)
		return match_glob(b->glob, a->regex == NULL ? a->glob : all);
	return a->regex != NULL && strcmp(a->source, b->source) == 0;
}

/* One of the list includes (or excludes) all that the pattern does. */
static bool is_covered(
    const struct pattern_list *list, const struct pattern *pattern)
{
	for (guint i = 0; i < list->patterns->len; i++) {
		const struct pattern *other = list->patterns->pdata[i];

		if (other->excludes == pattern->excludes &&
		    covers(other, pattern))
			return true;
	}
	return false;
}

static bool has_includes(const struct pattern_list *list)
{
	for (guint i = 0; i < list->patterns->len; i++)
		if (!((struct pattern *)list->patterns->pdata[i])->excludes)
			return true;
	return false;
}

/* What includes in a, b includes; what excludes in b, a excludes. */
bool pattern_list_implies(
    const struct pattern_list *a, const struct pattern_list *b)
{
	if (has_includes(b) && !has_includes(a))
		return false;
	for (guint i = 0; has_includes(b) && i < a->patterns->len; i++) {
		const struct pattern *pattern = a->patterns->pdata[i];

		if (!pattern->excludes && !is_covered(b, pattern))
			return false;
	}
	for (guint i = 0; i < b->patterns->len; i++) {
		const struct pattern *pattern = b->patterns->pdata[i];

		if (pattern->excludes && !is_covered(a, pattern))
			return false;
	}
	return true;
}

bool pattern_list_takes_all(const struct pattern_list *list)
{
	bool takes_all = false;

	for (guint i = 0; i < list->patterns->len; i++) {
		const struct pattern *pattern = list->patterns->pdata[i];

		if (pattern->excludes)
			return false;
		if (pattern->regex == NULL)
			takes_all = takes_all || match_glob(pattern->glob, all);
	}
	return takes_all;
}
