/*
 * The capability set: one table of words, and what each implies.
 *
 * Words are compared whole: "XIDLE" and "IDLE=X" are not IDLE.
 */
#include "imap/capability.h"
#include "imap/limits.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/*
 * IMAP4rev2 has folded these in (RFC 9051 appendix E).  LIST-EXTENDED and
 * SPECIAL-USE are not among them: of the former (RFC 5258) rev2 leaves out
 * RECURSIVEMATCH with other options, and of the latter (RFC 6154) it takes
 * only the attributes; nor are CONDSTORE, QRESYNC and NOTIFY.
 */
#define IN_IMAP4REV2                                                         \
	(BIT(IMAP_CAP_SASL_IR) | BIT(IMAP_CAP_IDLE) | BIT(IMAP_CAP_ENABLE) | \
	    BIT(IMAP_CAP_ESEARCH) | BIT(IMAP_CAP_UIDPLUS) |                  \
	    BIT(IMAP_CAP_MOVE) | BIT(IMAP_CAP_LITERAL_MINUS) |               \
	    BIT(IMAP_CAP_LIST_STATUS) | BIT(IMAP_CAP_NAMESPACE) |            \
	    BIT(IMAP_CAP_BINARY))

static const struct {
	const char *name;
	uint64_t implied;
} table[IMAP_CAP_COUNT] = {
    [IMAP_CAP_IMAP4REV1] = {"IMAP4rev1", 0},
    [IMAP_CAP_IMAP4REV2] = {"IMAP4rev2", IN_IMAP4REV2},
    [IMAP_CAP_AUTH_PLAIN] = {"AUTH=PLAIN", 0},
    [IMAP_CAP_AUTH_LOGIN] = {"AUTH=LOGIN", 0},
    [IMAP_CAP_AUTH_EXTERNAL] = {"AUTH=EXTERNAL", 0},
    [IMAP_CAP_AUTH_XOAUTH2] = {"AUTH=XOAUTH2", 0},
    [IMAP_CAP_AUTH_OAUTHBEARER] = {"AUTH=OAUTHBEARER", 0},
    [IMAP_CAP_LOGINDISABLED] = {"LOGINDISABLED", 0},
    [IMAP_CAP_SASL_IR] = {"SASL-IR", 0},
    [IMAP_CAP_STARTTLS] = {"STARTTLS", 0},
    [IMAP_CAP_ID] = {"ID", 0},
    [IMAP_CAP_IDLE] = {"IDLE", 0},
    [IMAP_CAP_NOTIFY] = {"NOTIFY", 0},
    [IMAP_CAP_ENABLE] = {"ENABLE", 0},
    [IMAP_CAP_CONDSTORE] = {"CONDSTORE", 0},
    /* RFC 7162 3.2.3 */
    [IMAP_CAP_QRESYNC] = {"QRESYNC",
	BIT(IMAP_CAP_CONDSTORE) | BIT(IMAP_CAP_ENABLE)},
    [IMAP_CAP_ESEARCH] = {"ESEARCH", 0},
    [IMAP_CAP_UIDPLUS] = {"UIDPLUS", 0},
    [IMAP_CAP_MOVE] = {"MOVE", 0},
    [IMAP_CAP_LITERAL_PLUS] = {"LITERAL+", 0},
    [IMAP_CAP_LITERAL_MINUS] = {"LITERAL-", 0},
    [IMAP_CAP_LIST_EXTENDED] = {"LIST-EXTENDED", 0},
    [IMAP_CAP_LIST_STATUS] = {"LIST-STATUS", 0},
    [IMAP_CAP_SPECIAL_USE] = {"SPECIAL-USE", 0},
    [IMAP_CAP_NAMESPACE] = {"NAMESPACE", 0},
    [IMAP_CAP_PREVIEW] = {"PREVIEW", 0},
    [IMAP_CAP_BINARY] = {"BINARY", 0},
    [IMAP_CAP_UTF8_ACCEPT] = {"UTF8=ACCEPT", 0},
    [IMAP_CAP_X_GM_EXT_1] = {"X-GM-EXT-1", 0},
};

static uint64_t word_bits(struct imap_text word)
{
	if (word.size > IMAP_CAPABILITY_LENGTH_MAX)
		return 0;
	for (unsigned i = 0; i < IMAP_CAP_COUNT; i++) {
		if (imap_text_is(word, table[i].name))
			return BIT(i) | table[i].implied;
	}
	return 0;
}

void imap_capabilities_set(struct imap_capabilities *caps, const GArray *words)
{
	guint count = MIN(words->len, (guint)IMAP_CAPABILITIES_MAX);

	caps->known = true;
	caps->bits = 0;
	for (guint i = 0; i < count; i++)
		caps->bits |=
		    word_bits(g_array_index(words, struct imap_text, i));
}

bool imap_capabilities_have(
    const struct imap_capabilities *caps, enum imap_capability cap)
{
	return (caps->bits & BIT(cap)) != 0;
}

const char *imap_capability_name(enum imap_capability cap)
{
	return table[cap].name;
}
