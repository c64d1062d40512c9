/*
 * Durations (90s, 15m, 2h, 3d), sizes (64K, 2M) and numbers, read strictly.
 */
#ifndef IDLEBELL_CONFIG_VALUE_H
#define IDLEBELL_CONFIG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* All return false and leave *ret untouched on anything but a whole,
 * in-range value.  Units: ms, octets (K = 1024).  "0" needs no unit. */
bool value_parse_duration(const char *text, int64_t *ret);
bool value_parse_size(const char *text, int64_t *ret);
bool value_parse_number(const char *text, int64_t *ret);

/* The shortest exact form; a new string. */
char *value_print_duration(int64_t milliseconds);
char *value_print_size(int64_t octets);

#endif
