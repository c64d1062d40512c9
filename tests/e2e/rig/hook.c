/*
 * The hook of the end-to-end tests: writes down when it started, what it
 * was given and which descriptors it has, then behaves as it was told.
 *
 *     hook LOG [fail | hang | deaf | loud]
 *     hook LOG once HOW      HOW at the first time for each UID, then nothing
 *     hook LOG slow MS       ends after so many milliseconds
 *
 * A record is a netstring without its comma: a length, ':' and that many
 * octets, which are fields that end in NUL: monotonic nanoseconds, process,
 * second process (of "hang"), descriptors, standard input, environment...
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void list_descriptors(FILE *out)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (entry->d_name[0] != '.' &&
		    strtol(entry->d_name, NULL, 10) != dirfd(directory))
			fprintf(out, "%s ", entry->d_name);
	fputc('\0', out);
	if (directory != NULL)
		closedir(directory);
}

static void copy_input(FILE *out)
{
	char buffer[4096];
	ssize_t size;

	while ((size = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0)
		fwrite(buffer, 1, (size_t)size, out);
	fputc('\0', out);
}

static int append(const char *path, const char *record, size_t size)
{
	char length[32];
	struct iovec parts[2] = {{length, 0}, {(void *)record, size}};
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	parts[0].iov_len =
	    (size_t)snprintf(length, sizeof(length), "%zu:", size);
	return writev(fd, parts, 2) < 0 ? -1 : close(fd);
}

static pid_t start_second(void)
{
	pid_t second = fork();

	while (second == 0)
		pause();
	return second;
}

/* Nobody has made the mark beside the log for this message before. */
static int is_first_time(const char *log)
{
	char path[4096];
	const char *validity = getenv("IDLEBELL_UIDVALIDITY");
	const char *uid = getenv("IDLEBELL_UID");
	int fd;

	snprintf(path, sizeof(path), "%s.%s.%s", log, validity ? validity : "",
	    uid ? uid : "");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd >= 0 && close(fd) == 0;
}

/* What to do, once those words are resolved that have an argument. */
static const char *behaviour(int argc, char **argv, int *milliseconds)
{
	const char *what = argc > 2 ? argv[2] : "";

	if (argc > 3 && strcmp(what, "once") == 0)
		return is_first_time(argv[1]) ? argv[3] : "";
	if (argc > 3 && strcmp(what, "slow") == 0)
		*milliseconds = (int)strtol(argv[3], NULL, 10);
	return what;
}

int main(int argc, char **argv)
{
	struct timespec now;
	int milliseconds = 0;
	const char *what;
	char *record = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&record, &size);
	pid_t second = 0;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (argc < 2 || out == NULL)
		return 64;
	what = behaviour(argc, argv, &milliseconds);
	if (strcmp(what, "hang") == 0)
		second = start_second();
	fprintf(out, "%lld%09ld%c%ld%c%ld%c", (long long)now.tv_sec,
	    now.tv_nsec, 0, (long)getpid(), 0, (long)second, 0);
	list_descriptors(out);
	if (strcmp(what, "deaf") == 0)
		fputc('\0', out);
	else
		copy_input(out);
	for (char **variable = environ; *variable != NULL; variable++)
		fprintf(out, "%s%c", *variable, 0);
	if (fclose(out) != 0 || append(argv[1], record, size) != 0)
		return 74;
	free(record);
	if (strcmp(what, "loud") == 0)
		puts("the hook says hello");
	if (milliseconds > 0)
		poll(NULL, 0, milliseconds);
	while (strcmp(what, "hang") == 0)
		pause();
	return strcmp(what, "fail") == 0 ? 3 : 0;
}
