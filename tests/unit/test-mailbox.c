/*
 * What is news in a mailbox, also against a model: random histories of a
 * mailbox, told as a server would, lose no message and tell none twice.
 */
#include "imap/mailbox.h"
#include "tests/unit/unit.h"
#include <string.h>

static void test_growth(void)
{
	struct imap_mailbox mailbox = {.last_uid = 40};

	imap_mailbox_exists(&mailbox, 10);
	imap_mailbox_ask(&mailbox);
	imap_mailbox_round_end(&mailbox);
	g_assert_false(imap_mailbox_has_more(&mailbox));
	imap_mailbox_exists(&mailbox, 11);
	g_assert_true(imap_mailbox_has_more(&mailbox));
	imap_mailbox_ask(&mailbox);
	g_assert_true(imap_mailbox_take(&mailbox, 11, 41));
	g_assert_false(imap_mailbox_take(&mailbox, 11, 41));
	g_assert_cmpuint(imap_mailbox_round_end(&mailbox), ==, 1);
	g_assert_cmpuint(mailbox.last_uid, ==, 41);
	g_assert_false(imap_mailbox_has_more(&mailbox));
}

static void test_old_is_no_news(void)
{
	struct imap_mailbox mailbox = {.last_uid = 40, .exists = 10};

	g_assert_false(imap_mailbox_take(&mailbox, 10, 40));
	g_assert_cmpuint(imap_mailbox_round_end(&mailbox), ==, 0);
	g_assert_cmpuint(mailbox.last_uid, ==, 40);
}

static void test_expunge(void)
{
	struct imap_mailbox mailbox = {.exists = 10, .seen = 8, .asked = 9};

	imap_mailbox_expunge(&mailbox, 10);
	g_assert_cmpuint(mailbox.exists, ==, 9);
	g_assert_cmpuint(mailbox.asked, ==, 9);
	imap_mailbox_expunge(&mailbox, 9);
	g_assert_cmpuint(mailbox.asked, ==, 8);
	g_assert_cmpuint(mailbox.seen, ==, 8);
	imap_mailbox_expunge(&mailbox, 1);
	g_assert_cmpuint(mailbox.seen, ==, 7);
	imap_mailbox_expunge(&mailbox, 0);
	g_assert_cmpuint(mailbox.exists, ==, 7);
}

static void test_bounds(void)
{
	struct imap_mailbox mailbox = {0};

	imap_mailbox_expunge(&mailbox, 5);
	imap_mailbox_vanished(&mailbox, UINT32_MAX);
	g_assert_cmpuint(mailbox.exists, ==, 0);
	imap_mailbox_exists(&mailbox, UINT32_MAX);
	g_assert_true(imap_mailbox_take(&mailbox, UINT32_MAX, UINT32_MAX));
	imap_mailbox_round_end(&mailbox);
	g_assert_cmpuint(mailbox.last_uid, ==, UINT32_MAX);
	g_assert_false(imap_mailbox_has_more(&mailbox));
}

/* ---- the model: a server's mailbox and what the client was told ---- */

enum {
	STEPS = 400
};

struct model {
	struct imap_mailbox mailbox;
	GArray *uids; /* uint32_t: what the server has */
	uint32_t uidnext;
	GHashTable *told, *delivered, *deleted;
};

static void deliver(struct model *model)
{
	uint32_t uid = model->uidnext++;

	g_array_append_val(model->uids, uid);
	g_hash_table_add(model->delivered, GUINT_TO_POINTER(uid));
	imap_mailbox_exists(&model->mailbox, model->uids->len);
}

static void expunge(struct model *model)
{
	guint index;

	if (model->uids->len == 0)
		return;
	index = (guint)g_test_rand_int_range(0, (gint32)model->uids->len);
	g_hash_table_add(model->deleted,
	    GUINT_TO_POINTER(g_array_index(model->uids, uint32_t, index)));
	g_array_remove_index(model->uids, index);
	imap_mailbox_expunge(&model->mailbox, index + 1);
}

static void answer_one(struct model *model, guint index)
{
	uint32_t uid = g_array_index(model->uids, uint32_t, index);

	if (imap_mailbox_take(&model->mailbox, index + 1, uid))
		g_assert_true(
		    g_hash_table_add(model->told, GUINT_TO_POINTER(uid)));
}

static void maybe_deliver(struct model *model)
{
	if (g_test_rand_int_range(0, 3) == 0)
		deliver(model);
}

/* A FETCH of all above last_uid, with deliveries before, within and behind
 * its data, and the echo of the last message when nothing is new. */
static void fetch(struct model *model)
{
	uint32_t last = model->mailbox.last_uid;
	guint count, found = 0;

	imap_mailbox_ask(&model->mailbox);
	maybe_deliver(model);
	count = model->uids->len;
	for (guint i = 0; i < count; i++)
		if (g_array_index(model->uids, uint32_t, i) > last) {
			answer_one(model, i);
			found++;
		}
	if (found == 0 && count > 0)
		answer_one(model, count - 1);
	maybe_deliver(model);
	imap_mailbox_round_end(&model->mailbox);
}

static void catch_up(struct model *model)
{
	for (int i = 0; imap_mailbox_has_more(&model->mailbox); i++) {
		g_assert_cmpint(i, <, 100);
		fetch(model);
	}
}

static void step(struct model *model)
{
	int what = g_test_rand_int_range(0, 10);

	if (what < 4)
		deliver(model);
	else if (what < 6)
		expunge(model);
	else
		catch_up(model);
}

/* Every message that was not deleted before anyone could look was told. */
static void check(struct model *model)
{
	GHashTableIter iter;
	gpointer uid;

	catch_up(model);
	g_hash_table_iter_init(&iter, model->delivered);
	while (g_hash_table_iter_next(&iter, &uid, NULL))
		g_assert_true(g_hash_table_contains(model->told, uid) ||
		    g_hash_table_contains(model->deleted, uid));
}

static void test_model(void)
{
	for (int round = 0; round < 200; round++) {
		struct model model = {.uidnext = 1,
		    .uids = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
		    .told = g_hash_table_new(NULL, NULL),
		    .delivered = g_hash_table_new(NULL, NULL),
		    .deleted = g_hash_table_new(NULL, NULL)};

		for (int i = 0; i < STEPS; i++)
			step(&model);
		check(&model);
		imap_mailbox_clear(&model.mailbox);
		g_array_unref(model.uids);
		g_hash_table_unref(model.told);
		g_hash_table_unref(model.delivered);
		g_hash_table_unref(model.deleted);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	g_test_add_func("/mailbox/growth", test_growth);
	g_test_add_func("/mailbox/old-is-no-news", test_old_is_no_news);
	g_test_add_func("/mailbox/expunge", test_expunge);
	g_test_add_func("/mailbox/bounds", test_bounds);
	g_test_add_func("/mailbox/model", test_model);
	return g_test_run();
}
