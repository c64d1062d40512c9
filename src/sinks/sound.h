/*
 * Sounds, by libcanberra, for desktops whose notification daemon plays none.
 *
 * They are played by a process of their own, this program once more: sound
 * servers hang, and their libraries crash when they are unloaded and wake us
 * up when they are not.
 */
#ifndef IDLEBELL_SINKS_SOUND_H
#define IDLEBELL_SINKS_SOUND_H

#include <stdbool.h>

/* The first argument of that process; the sound is the second, and all. */
#define SOUND_ARGUMENT "--play-sound"

/* Built with libcanberra? */
bool sound_is_built(void);

/*
 * Begins to play sound, the name of one of the sound theme or the absolute
 * path of a file, and returns at once.  While one plays others are dropped;
 * one that hangs is killed after 30 seconds.  Needs the main loop.
 */
void sound_play(const char *sound);
bool sound_is_playing(void);

/* In that process: plays it to its end.  An exit status, 0 when it was
 * heard. */
int sound_main(const char *sound);

#endif
