/*
 * The address is a stranger's word: it is looked at before it names a file.
 */

#include "sinks/avatar.h"
#include "os/file.h"
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

enum {
	ADDRESS_MAX = 240,          /* octets: with an ending it is a name */
	FILE_MAX = 4 * 1024 * 1024, /* octets: the daemon has to load it */
};

static const char *const endings[] = {"png", "jpg", "jpeg", "svg", "webp"};

/* No hidden file either. */
static bool is_fit(const char *name)
{
	size_t size = strlen(name);

	if (size == 0 || size > ADDRESS_MAX || name[0] == '.')
		return false;
	for (; *name; name++)
		if (*name == '/' || g_ascii_iscntrl(*name))
			return false;
	return true;
}

static bool is_picture(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size > 0 && status.st_size <= FILE_MAX;
}

static char *find_name(const char *directory, const char *name)
{
	g_autofree char *lower = g_utf8_casefold(name, -1);

	if (!is_fit(lower))
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
		g_autofree char *file =
		    g_strconcat(lower, ".", endings[i], NULL);
		g_autofree char *path = g_build_filename(directory, file, NULL);

		if (is_picture(path))
			return g_steal_pointer(&path);
	}
	return NULL;
}

static char *find_either(
    const char *directory, const struct message_address *sender, bool domain)
{
	const char *forms[] = {sender->ascii, sender->address};
	char *path = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(forms) && !path; i++) {
		const char *at = strrchr(forms[i], '@');

		if (at)
			path = find_name(directory, domain ? at + 1 : forms[i]);
	}
	return path;
}

char *avatar_find(const char *directory, const struct message_address *sender)
{
	g_autofree char *expanded = file_expand(directory);
	char *path = find_either(expanded, sender, false);

	return path ? path : find_either(expanded, sender, true);
}
