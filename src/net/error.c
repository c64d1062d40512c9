/*
 * The error domain of the network.
 */
#include "net/error.h"

G_DEFINE_QUARK(idlebell - net - error, net_error)
