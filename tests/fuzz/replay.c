/*
 * Runs a fuzz target over the files of its corpus, without a fuzzer: what
 * was found once is tried again by every make check.  Directories given as
 * arguments take the place of the corpus that was compiled in.  A build for
 * fuzzing has libFuzzer's main() instead.
 */
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
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
		printf("# %s\n", name);
		fflush(stdout);
		failed += replay_file(path);
		(*count)++;
	}
	return failed;
}

int main(int argc, char **argv)
{
	unsigned count = 0;
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed += replay_directory(argv[i], &count);
	if (argc < 2)
		failed += replay_directory(FUZZ_CORPUS, &count);
	if (count == 0)
		failed++;
	printf("1..1\n%s 1 - replay of %u files\n", failed ? "not ok" : "ok",
	    count);
	return failed != 0;
}

#endif
