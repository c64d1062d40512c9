/*
 * The table of options: the only truth about what a user can write.
 * The parser, its checks, hints for misspelt keys and check --print read it,
 * and so does the manual's test.
 */
#ifndef IDLEBELL_CONFIG_OPTIONS_H
#define IDLEBELL_CONFIG_OPTIONS_H

#include "config/config.h"

enum option_type {
	OPTION_STRING,
	OPTION_PATH,    /* ~ is expanded later, by who opens it */
	OPTION_COMMAND, /* split as a shell would, to be run without one */
	OPTION_NUMBER,
	OPTION_DURATION, /* milliseconds */
	OPTION_SIZE,     /* octets */
	OPTION_CHOICE,   /* one of choices */
	OPTION_SET,      /* some of choices, or "none" */
	OPTION_LIST,     /* strings separated by commas */
	OPTION_PATTERNS, /* checked by rules */
	OPTION_TYPES,
};

enum option_scope {
	OPTION_ACCOUNT = 1 << 0,   /* in [account NAME] and [defaults] */
	OPTION_RULE = 1 << 1,      /* in [rule NAME] */
	OPTION_CRITERION = 1 << 2, /* a criterion of a rule */
	OPTION_SHARED = 1 << 3,    /* in [defaults], for all accounts */
};

struct option {
	const char *name;
	enum option_type type;
	unsigned scope;
	size_t offset;    /* in struct config_account, config_rule or config */
	size_t flag;      /* the bool "has_...", or 0: set by its value */
	int64_t min, max; /* of numbers, durations, sizes */
	const char
	    *initial; /* the default, as a user would write it, or NULL */
	const char *const *choices; /* NULL-terminated, in bit order */
	bool secret;                /* never printed, never in a problem */
	bool required;
	bool multiple; /* may be empty: "" clears the default */
	bool inlined;  /* config_print() writes what it stands for */
	/* What is wrong with a value (of a list: with each), or NULL. */
	char *(*check)(const char *value);
	/* A copy with its secret part hidden, or NULL when it has none. */
	char *(*redact)(const char *value);
	const char *help; /* one sentence */
};

/* The table; ends with a row whose name is NULL. */
extern const struct option options[];

/* NULL: there is none of that name in that scope. */
const struct option *option_find(const char *name, unsigned scope);
/* The known name nearest to a misspelt one, or NULL when none is near. */
const char *option_nearest(const char *name, unsigned scope);

#endif
