/*
 * The configuration file: found, read once, tokenised by iniparser.
 */
#ifndef IDLEBELL_STORE_CONFIG_FILE_H
#define IDLEBELL_STORE_CONFIG_FILE_H

#include "config/config.h"

/* $XDG_CONFIG_HOME/idlebell/config, else ~/.idlebellrc: the one that is
 * there, else the first.  A new string. */
char *config_file_path(void);

/*
 * Reads and builds.  path "-" is standard input.  NULL and G_FILE_ERROR when
 * it cannot be read; else a configuration with all its problems, among them
 * that a file holding a secret can be read by others (mode & 077), and that
 * others than its reader and root can write to it (a warning for a group).
 * The files that rules_file names, from its directory, are read likewise.
 */
struct config *config_file_load(
    const char *path, const char *const *overrides, GError **error);

/* The same from text in memory, for tests and fuzzers, without the files that
 * it names. */
struct config *config_file_parse(
    const char *text, gsize size, const char *const *overrides, GError **error);

#endif
