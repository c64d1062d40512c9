/*
 * Looks at members of JSON objects that may be missing, or be something else
 * than expected.
 */
#ifndef IDLEBELL_CLI_LOOK_H
#define IDLEBELL_CLI_LOOK_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A value of that type, or NULL. */
JsonNode *look_value(JsonObject *object, const char *name, GType type);
/* 0, false, when there is none. */
int64_t look_int(JsonObject *object, const char *name);
bool look_bool(JsonObject *object, const char *name);
/* Clean, at most size octets; NULL when there is none. */
char *look_text(JsonObject *object, const char *name, size_t size);
/* The same in at most 256 octets; without when there is none. */
char *look_cell(JsonObject *object, const char *name, const char *without);
/* RFC 3339 to s; 0: none. */
int64_t look_time(JsonObject *object, const char *name);
/* The object's, or NULL. */
JsonObject *look_object(JsonObject *object, const char *name);

/* How many elements an array has; 0 when there is none. */
unsigned look_count(JsonObject *object, const char *name);
typedef void look_fn(void *data, JsonObject *element);
/* For each of its objects. */
void look_each(JsonObject *object, const char *name, look_fn *fn, void *data);

#endif
