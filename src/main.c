/*
 * idlebell: tells a person that mail has come.
 *
 * Only what must happen before anything else; cli/ does the rest.
 */
#include "cli/cli.h"
#include "os/language.h"
#include "sinks/sound.h"
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Were one of 0, 1 and 2 closed, the next socket would take its number, and
 * diagnostics would go to a mail server. */
static void open_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/*
 * Passwords are in memory.  No core dump, and no ptrace() by other programs of
 * the user; programs that we run are as usual again by their exec().  Builds
 * for debuggers and leak checkers, which use ptrace(), let them.
 */
static void hide_memory(void)
{
#ifndef DEBUGGABLE
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

int main(int argc, char **argv)
{
	hide_memory();
	language_start();
	umask(077);
	open_standard_streams();
	if (argc == 3 && strcmp(argv[1], SOUND_ARGUMENT) == 0)
		return sound_main(argv[2]);
	return cli_main(argc, argv);
}
