/*
 * Domain names in their two forms (RFC 5890), and when not to show the
 * readable one.
 */
#ifndef IDLEBELL_MESSAGE_DOMAIN_H
#define IDLEBELL_MESSAGE_DOMAIN_H

/* The ASCII form, a new string.  A domain that has none keeps its ASCII
 * characters, and U+FFFD stands for the others: it must not pass for one
 * that exists. */
char *domain_to_ascii(const char *domain);

/* The readable form of an ASCII domain, a new string; the domain itself when
 * the readable form is not a valid one or could be taken for another. */
char *domain_to_readable(const char *ascii);

#endif
