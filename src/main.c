/*
 * idlebell: tells a person that mail has come.
 *
 * Only what must happen before anything else; cli/ does the rest.
 */
#include <locale.h>
#include <sys/stat.h>

int main(void)
{
	setlocale(LC_ALL, "");
	umask(077);
	return 0;
}
