/*
 * The hook of all programs that are measured: writes down when it started
 * and for which message.
 *
 *     bell LOG [MESSAGE-ID]    else $IDLEBELL_MESSAGE_ID, else the header on
 *                              standard input
 *
 * A line is "NANOSECONDS MESSAGE-ID", by the monotonic clock.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static const char *find_in_input(void)
{
	static const char name[] = "Message-ID:";
	static char line[4096];

	while (fgets(line, sizeof(line), stdin) != NULL)
		if (strncasecmp(line, name, sizeof(name) - 1) == 0)
			return line + sizeof(name) - 1;
	return "";
}

static void drain_input(void)
{
	char buffer[65536];

	while (read(STDIN_FILENO, buffer, sizeof(buffer)) > 0)
		continue;
}

int main(int argc, char **argv)
{
	struct timespec now;
	char line[5000];
	const char *id = getenv("IDLEBELL_MESSAGE_ID");
	int fd, size;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (argc < 2)
		return 64;
	if (argc > 2)
		id = argv[2];
	else if (id == NULL)
		id = find_in_input();
	id += strspn(id, " <");
	size = snprintf(line, sizeof(line), "%lld%09ld %.*s\n",
	    (long long)now.tv_sec, now.tv_nsec, (int)strcspn(id, ">\r\n"), id);
	fd = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line, (size_t)size) != size || close(fd) != 0)
		return 74;
	drain_input();
	return 0;
}
