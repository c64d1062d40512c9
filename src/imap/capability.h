/*
 * What the server says it can do (RFC 9051 7.2.2), as a set of exact words.
 */
#ifndef IDLEBELL_IMAP_CAPABILITY_H
#define IDLEBELL_IMAP_CAPABILITY_H

#include "imap/response.h"

/* The words that change what idlebell does. */
enum imap_capability {
	IMAP_CAP_IMAP4REV1,
	IMAP_CAP_IMAP4REV2,
	IMAP_CAP_AUTH_PLAIN,
	IMAP_CAP_AUTH_LOGIN,
	IMAP_CAP_AUTH_EXTERNAL,
	IMAP_CAP_AUTH_XOAUTH2,
	IMAP_CAP_AUTH_OAUTHBEARER,
	IMAP_CAP_LOGINDISABLED,
	IMAP_CAP_SASL_IR, /* RFC 4959 */
	IMAP_CAP_STARTTLS,
	IMAP_CAP_ID,     /* RFC 2971 */
	IMAP_CAP_IDLE,   /* RFC 2177 */
	IMAP_CAP_NOTIFY, /* RFC 5465 */
	IMAP_CAP_ENABLE, /* RFC 5161 */
	IMAP_CAP_CONDSTORE,
	IMAP_CAP_QRESYNC, /* RFC 7162 */
	IMAP_CAP_ESEARCH,
	IMAP_CAP_UIDPLUS,
	IMAP_CAP_MOVE,
	IMAP_CAP_LITERAL_PLUS, /* RFC 7888 */
	IMAP_CAP_LITERAL_MINUS,
	IMAP_CAP_LIST_EXTENDED, /* RFC 5258 */
	IMAP_CAP_LIST_STATUS,   /* RFC 5819 */
	IMAP_CAP_SPECIAL_USE,   /* RFC 6154 */
	IMAP_CAP_NAMESPACE,
	IMAP_CAP_PREVIEW,     /* RFC 8970 */
	IMAP_CAP_BINARY,      /* RFC 3516 */
	IMAP_CAP_UTF8_ACCEPT, /* RFC 6855 */
	IMAP_CAP_X_GM_EXT_1,
	IMAP_CAP_COUNT,
};

struct imap_capabilities {
	bool known;    /* the server has told them */
	bool dovecot;  /* and, by its greeting or ID, that it is Dovecot */
	uint64_t bits; /* 1 << enum imap_capability */
};

/* Replaces the set by the words of a CAPABILITY response or code.  IMAP4rev2
 * implies what RFC 9051 appendix E folded into it (IDLE, SASL-IR, ENABLE,
 * NAMESPACE, UIDPLUS, ESEARCH, MOVE, LITERAL-, LIST-EXTENDED parts are NOT
 * implied to be RFC 5258 whole: say so in the table). */
void imap_capabilities_set(struct imap_capabilities *caps, const GArray *words);
bool imap_capabilities_have(
    const struct imap_capabilities *caps, enum imap_capability cap);
/* The word as the server spells it: "IDLE", "AUTH=PLAIN". */
const char *imap_capability_name(enum imap_capability cap);

#endif
