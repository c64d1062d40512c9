/*
 * The allocator keeps what was freed for the next time; for us there may be
 * none for hours.
 */

#include "os/memory.h"
#ifdef HAVE_MALLOC_TRIM
#include <malloc.h>
#endif

void memory_trim(void)
{
#ifdef HAVE_MALLOC_TRIM
	malloc_trim(0);
#endif
}
