/*
 * idlebell: tells a person that mail has come.
 *
 * Only what must happen before anything else; cli/ does the rest.
 */
#include "cli/cli.h"
#include <locale.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	umask(077);
	return cli_main(argc, argv);
}
