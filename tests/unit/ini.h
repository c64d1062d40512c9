/*
 * iniparser by itself, to compare the scan of lines with.
 */
#ifndef IDLEBELL_TESTS_INI_H
#define IDLEBELL_TESTS_INI_H

#include "config.h"
#include "config/config.h"
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#ifdef HAVE_INIPARSER_H
#include <iniparser.h>
#else
#include <iniparser/iniparser.h>
#endif

static inline int ini_ignore(const char *format, ...)
{
	(void)format;
	return 0;
}

/* NULL where iniparser finds fault. */
static inline dictionary *ini_load(const char *text)
{
	int fd = memfd_create("ini", MFD_CLOEXEC);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	FILE *file = fdopen(fd, "w");
	dictionary *values;

	fputs(text, file);
	fflush(file);
	iniparser_set_error_callback(ini_ignore);
	values = iniparser_load(path);
	iniparser_set_error_callback(NULL);
	fclose(file);
	return values;
}

/* Sections and keys that iniparser must have; broken ones it need not. */
static inline GHashTable *ini_expected(const GPtrArray *entries)
{
	GHashTable *names =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < entries->len; i++) {
		const struct config_entry *entry =
		    g_ptr_array_index(entries, i);
		g_autofree char *name = entry->key == NULL
		    ? g_strdup(entry->section)
		    : g_strconcat(entry->section, ":", entry->key, NULL);
		if (!entry->broken)
			g_hash_table_add(names, g_ascii_strdown(name, -1));
	}
	return names;
}

/* A new string that names the first difference, or NULL. */
static inline char *ini_compare(
    const GPtrArray *entries, const dictionary *values)
{
	g_autoptr(GHashTable) names = ini_expected(entries);
	guint found = 0;

	for (ssize_t i = 0; i < values->size; i++) {
		if (values->key[i] == NULL)
			continue;
		found++;
		if (!g_hash_table_contains(names, values->key[i]))
			return g_strdup_printf(
			    "only iniparser has \"%s\"", values->key[i]);
	}
	if (found == g_hash_table_size(names))
		return NULL;
	return g_strdup_printf(
	    "iniparser has %u, the scan %u", found, g_hash_table_size(names));
}

#endif
