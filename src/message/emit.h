/*
 * JSON as text, written while it is said: a document of ten thousand members
 * costs its text and no tree.
 *
 * Nothing is checked but the strings: whoever begins ends, and names come in
 * objects only.
 */
#ifndef IDLEBELL_MESSAGE_EMIT_H
#define IDLEBELL_MESSAGE_EMIT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct emit {
	GString *text; /* the owner's */
	bool follows;  /* a value stands before: a comma is due */
};

void emit_begin_object(struct emit *emit);
void emit_end_object(struct emit *emit);
void emit_begin_array(struct emit *emit);
void emit_end_array(struct emit *emit);
/* The name of a member, before its value; it needs no escapes. */
void emit_name(struct emit *emit, const char *name);
/* What is not UTF-8 is replaced.  NULL: null. */
void emit_string(struct emit *emit, const char *string);
void emit_int(struct emit *emit, int64_t number);
void emit_boolean(struct emit *emit, bool value);

/* A member as a whole. */
void emit_member_string(
    struct emit *emit, const char *name, const char *string);
void emit_member_int(struct emit *emit, const char *name, int64_t number);
void emit_member_boolean(struct emit *emit, const char *name, bool value);

#endif
