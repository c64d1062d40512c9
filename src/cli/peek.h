/*
 * Peeks at members of JSON objects that may be missing, or be something else
 * than expected.
 */
#ifndef IDLEBELL_CLI_PEEK_H
#define IDLEBELL_CLI_PEEK_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A value of that type, or NULL. */
JsonNode *peek_value(JsonObject *object, const char *name, GType type);
/* 0, false, when there is none. */
int64_t peek_int(JsonObject *object, const char *name);
bool peek_bool(JsonObject *object, const char *name);
/* Clean, at most size octets; NULL when there is none. */
char *peek_text(JsonObject *object, const char *name, size_t size);
/* The same in at most 256 octets; without when there is none. */
char *peek_cell(JsonObject *object, const char *name, const char *without);
/* RFC 3339 to s; 0: none. */
int64_t peek_time(JsonObject *object, const char *name);
/* The object's, or NULL. */
JsonObject *peek_object(JsonObject *object, const char *name);

/* How many elements an array has; 0 when there is none. */
unsigned peek_count(JsonObject *object, const char *name);
typedef void peek_fn(void *data, JsonObject *element);
/* For each of its objects. */
void peek_each(JsonObject *object, const char *name, peek_fn *fn, void *data);

#endif
