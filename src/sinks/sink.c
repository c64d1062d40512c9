/*
 * The errors of the sinks; each sink is a file of its own.
 */

#include "sinks/sink.h"

G_DEFINE_QUARK(idlebell - sink - error - quark, sink_error)
