/*
 * Runs a fuzz target over the files of its corpus, without a fuzzer: what
 * was found once is tried again by every make check.  The corpus of fuzz-NAME
 * is tests/fuzz/corpus/NAME, unless directories are given.
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	g_autofree char *bytes = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &bytes, &size, NULL))
		return 1;
	LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
	return 0;
}

static int replay_directory(const char *directory, unsigned *count)
{
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;
	int failed = dir == NULL;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(directory, name, NULL);
		failed += replay_file(path);
		(*count)++;
	}
	return failed;
}

static char *own_corpus(const char *program)
{
	g_autofree char *base = g_path_get_basename(program);
	const char *name = g_str_has_prefix(base, "fuzz-") ? base + 5 : base;
	const char *top = g_getenv("top_srcdir");

	return g_build_filename(
	    top != NULL ? top : ".", "tests", "fuzz", "corpus", name, NULL);
}

int main(int argc, char **argv)
{
	g_autofree char *own = own_corpus(argv[0]);
	unsigned count = 0;
	int failed = 0;

	if (argc == 1)
		failed += replay_directory(own, &count);
	for (int i = 1; i < argc; i++)
		failed += replay_directory(argv[i], &count);
	if (count == 0)
		failed++;
	printf("1..1\n%s 1 - replay of %u files\n", failed ? "not ok" : "ok",
	    count);
	return failed != 0;
}
