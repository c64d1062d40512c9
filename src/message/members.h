/*
 * The two views that the rows of a table give of a thing: the members of a
 * JSON object, and the IDLEBELL_* variables of an environment.
 */
#ifndef IDLEBELL_MESSAGE_MEMBERS_H
#define IDLEBELL_MESSAGE_MEMBERS_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Octets of a value, the path of a file apart. */
#define MEMBERS_VALUE_MAX 8192

struct members_row {
	const char *name; /* of the JSON member; the variable's is upper case */
	size_t offset;    /* of a char * in the thing, where text is NULL */
	char *(*text)(const void *thing); /* a new string, or NULL: none */
	/* NULL: the text as a string, or null where it is NULL. */
	void (*json)(JsonBuilder *builder, const void *thing);
	bool is_path; /* in the environment as it is, however odd */
};

/* One JSON object on one line, no newline. */
char *members_to_json(
    const struct members_row *rows, size_t n, const void *thing);

/* A copy of base (NULL-terminated "K=V"s, may be NULL) with a variable for
 * each row, empty where there is no text, and no older IDLEBELL_* left.  Free
 * with g_strfreev(). */
char **members_to_environment(const struct members_row *rows, size_t n,
    const void *thing, const char *const *base);

/* Adds a member with text, cleaned. */
void members_add_string(
    JsonBuilder *builder, const char *name, const char *text);

#endif
