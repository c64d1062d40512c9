/*
 * Memory that goes back to the system.
 */
#ifndef IDLEBELL_OS_MEMORY_H
#define IDLEBELL_OS_MEMORY_H

/* What has been freed goes back to the system: behind something large that is
 * not needed for a while.  It takes a walk over all that is free. */
void memory_trim(void);

#endif
