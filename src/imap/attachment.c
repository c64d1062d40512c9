/*
 * The tree of parts, for one question only: is there an attachment?
 */
#include "imap/attachment.h"
#include "imap/structure.h"

/* What is known of a part, the more telling the higher. */
enum finding {
	FINDING_NONE,
	FINDING_RELATED, /* an attachment unless it belongs to a text */
	FINDING_SEALED,  /* nobody can tell without the key */
	FINDING_ATTACHED,
};

/* What is left of the two types; everything else not text counts. */
static const struct {
	const char *type, *subtype;
	enum finding finding;
} special[] = {
    {"message", "rfc822", FINDING_ATTACHED},
    {"message", "global", FINDING_ATTACHED},
    {"message", "delivery-status", FINDING_NONE},
    {"message", "disposition-notification", FINDING_NONE},
    {"message", "feedback-report", FINDING_NONE},
    {"application", "pgp-signature", FINDING_NONE},
    {"application", "pkcs7-signature", FINDING_NONE},
    {"application", "x-pkcs7-signature", FINDING_NONE},
    {"application", "pkcs7-mime", FINDING_SEALED},
    {"application", "x-pkcs7-mime", FINDING_SEALED},
};

/* "filename", "name", and what RFC 2231 makes of them. */
static bool is_name(const char *key)
{
	g_auto(GStrv) parts = g_strsplit(key, "*", 2);

	return parts[0] != NULL &&
	    (g_ascii_strcasecmp(parts[0], "filename") == 0 ||
		g_ascii_strcasecmp(parts[0], "name") == 0);
}

static bool has_name(const struct imap_structure *part)
{
	for (unsigned i = 0; i + 1 < part->parameters->len; i += 2)
		if (is_name(part->parameters->pdata[i]) &&
		    *(char *)part->parameters->pdata[i + 1] != '\0')
			return true;
	return false;
}

static enum finding judge_by_type(const struct imap_structure *part)
{
	bool is_inline = g_str_equal(part->disposition, "inline");

	if (imap_structure_is(part, "text", NULL))
		return has_name(part) && !is_inline ? FINDING_ATTACHED
						    : FINDING_NONE;
	if (part->has_id)
		return is_inline ? FINDING_NONE : FINDING_RELATED;
	return FINDING_ATTACHED;
}

static enum finding judge_single(const struct imap_structure *part)
{
	for (size_t i = 0; i < G_N_ELEMENTS(special); i++)
		if (imap_structure_is(
			part, special[i].type, special[i].subtype))
			return special[i].finding;
	if (g_str_equal(part->disposition, "attachment"))
		return FINDING_ATTACHED;
	return judge_by_type(part);
}

static enum finding judge(const struct imap_structure *part);

static enum finding judge_multipart(const struct imap_structure *part)
{
	enum finding all = FINDING_NONE;

	for (unsigned i = 0; i < part->parts->len; i++)
		all = MAX(all, judge(part->parts->pdata[i]));
	if (g_str_equal(part->disposition, "attachment"))
		return FINDING_ATTACHED;
	if (g_str_equal(part->subtype, "encrypted"))
		return FINDING_SEALED;
	if (all != FINDING_RELATED)
		return all;
	return g_str_equal(part->subtype, "related") ? FINDING_NONE
						     : FINDING_ATTACHED;
}

/* Bounded by what imap_structure_parse() takes. */
static enum finding judge(const struct imap_structure *part)
{
	return imap_structure_is(part, "multipart", NULL)
	    ? judge_multipart(part)
	    : judge_single(part);
}

enum imap_attachment imap_attachment_judge(struct imap_text structure)
{
	struct imap_structure *root = imap_structure_parse(structure);
	enum finding found = root != NULL ? judge(root) : FINDING_SEALED;

	imap_structure_free(root);
	if (found == FINDING_SEALED)
		return IMAP_ATTACHMENT_UNKNOWN;
	return found == FINDING_NONE ? IMAP_ATTACHMENT_NO : IMAP_ATTACHMENT_YES;
}
