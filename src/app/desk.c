/*
 * Joins bubbles, their buttons and what they are for.
 */
#include "app/desk.h"
#include "app/buttons.h"
#include "app/when.h"
#include "sinks/desktop.h"

struct desk {
	struct account_world *world;
	struct say say;
	struct buttons *buttons;
	struct account *(*find)(void *data, const char *account);
	void *data;
};

static void on_button(
    void *data, uint64_t bubble, const char *action, const char *token)
{
	belfry_action(data, bubble, action, token);
}

static void on_closed(void *data, uint64_t bubble, enum desktop_end end)
{
	belfry_closed(data, bubble, end == DESKTOP_DISMISSED);
}

static bool rests(void *data, const char *name)
{
	const struct desk *desk = data;
	const struct account *account = desk->find(desk->data, name);

	return account != NULL && account_is_resting(account);
}

/* Muted since, it stays so. */
static void ring_again(void *data, struct message *message)
{
	const struct desk *desk = data;
	struct account *account = desk->find(desk->data, message->account);

	if (account != NULL &&
	    mutes_find(desk->say.mutes, message, when_wall()) == NULL)
		account_ring_again(account, message);
	else
		message_free(message);
}

static const struct snoozes_events snoozes_events = {
    .rests = rests, .ring = ring_again};

static void open_belfry(struct desk *desk)
{
	static const struct desktop_events events = {
	    .action = on_button, .closed = on_closed};
	const struct belfry_options options = {
	    .desktop = desk->world->desktop,
	    .close = desktop_close,
	    .events = &buttons_events,
	    .data = desk->buttons,
	};

	desk->say.belfry = belfry_new(&options);
	desktop_listen(options.desktop, &events, desk->say.belfry);
}

/* Who runs once does not stay for what is due later. */
struct desk *desk_new(struct account_world *world,
    struct account *(*find)(void *data, const char *account), void *data)
{
	struct desk *desk = g_new0(struct desk, 1);
	struct buttons_options options = {
	    .world = world, .find = find, .data = data};

	desk->world = world;
	desk->find = find;
	desk->data = data;
	desk->say.mutes = options.mutes = mutes_new(world->state);
	desk->say.snoozes = options.snoozes =
	    snoozes_new(world->once ? NULL : world->net->loop, world->state,
		&snoozes_events, desk);
	desk->buttons = buttons_new(&options);
	open_belfry(desk);
	world->belfry = desk->say.belfry;
	world->mutes = desk->say.mutes;
	world->snoozes = desk->say.snoozes;
	return desk;
}

void desk_free(struct desk *desk)
{
	if (desk == NULL)
		return;
	desktop_listen(desk->world->desktop, NULL, NULL);
	belfry_free(desk->say.belfry);
	buttons_free(desk->buttons);
	snoozes_free(desk->say.snoozes);
	mutes_free(desk->say.mutes);
	g_free(desk);
}

const struct say *desk_say(const struct desk *desk)
{
	return &desk->say;
}
