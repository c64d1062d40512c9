/*
 * A header, a blank line and a body of any bytes become one short clean line,
 * and HTML of any bytes becomes text.
 */
#include "message/html.h"
#include "message/message.h"
#include "message/preview.h"
#include "message/text.h"
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* GLib warns with a line on standard error; here it is a bug. */
static void prepare(void)
{
	static bool done;

	if (done)
		return;
	g_log_set_always_fatal(
	    G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
	message_init();
	done = true;
}

static void demand(bool truth)
{
	if (!truth)
		abort();
}

static void check(
    const char *header, size_t header_size, const char *body, size_t body_size)
{
	g_autofree char *preview =
	    preview_read(header, header_size, body, body_size);
	g_autofree char *again = text_clean(preview, -1, 1 << 20);

	demand(g_utf8_validate(preview, -1, NULL));
	demand(strcmp(again, preview) == 0);
	demand(strstr(preview, "  ") == NULL);
	demand(g_utf8_strlen(preview, -1) <= PREVIEW_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	const char *blank = g_strstr_len(bytes, (gssize)size, "\n\n");
	size_t head = blank != NULL ? (size_t)(blank + 1 - bytes) : 0;
	g_autofree char *header = g_memdup2(bytes, head);
	g_autofree char *body = NULL, *text = NULL;

	/* No more than there is, that ASan may see who reads it. */
	body = g_memdup2(size > head ? bytes + head : "", MAX(size - head, 1));

	prepare();
	check(header != NULL ? header : "", head, body, size - head);
	text = html_to_text(body, size - head);
	demand(strlen(text) <= size - head);
	return 0;
}
