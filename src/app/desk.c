/*
 * Joins bubbles, their buttons and what they are for.
 */
#include "app/desk.h"
#include "app/alarm.h"
#include "app/buttons.h"
#include "app/log.h"
#include "app/when.h"
#include "sinks/desktop.h"

enum {
	DECISION_TIME = 1000 /* ms that the desktop has to answer */
};

struct desk {
	struct account_world *world;
	struct loop_timer *decision; /* while the world is undecided */
	struct say say;
	struct buttons *buttons;
	const struct desk_events *events;
	void *data;
};

static void on_button(
    void *data, uint64_t bubble, const char *action, const char *token)
{
	const struct desk *desk = data;

	belfry_action(desk->say.belfry, bubble, action, token);
}

static void on_closed(void *data, uint64_t bubble, enum desktop_end end)
{
	const struct desk *desk = data;

	belfry_closed(desk->say.belfry, bubble, end == DESKTOP_DISMISSED);
	if (desk->world->alarm != NULL)
		alarm_bubble_closed(
		    desk->world->alarm, bubble, end == DESKTOP_DISMISSED);
}

static void on_appeared(void *data)
{
	const struct desk *desk = data;

	if (desk->world->alarm != NULL)
		alarm_desktop_appeared(desk->world->alarm);
}

static void look_at_desktop(struct desk *desk)
{
	struct account_world *world = desk->world;

	world->undecided = desk->decision != NULL;
	desk->events->inhibited(desk->data);
	snoozes_look(desk->say.snoozes);
}

/* One that answers later interrupts, as if it had begun then. */
static void on_decision(void *data)
{
	struct desk *desk = data;

	g_clear_pointer(&desk->decision, loop_timer_free);
	look_at_desktop(desk);
}

static void on_inhibited(void *data, bool inhibited)
{
	struct desk *desk = data;

	if (inhibited != desk->world->inhibited)
		log_line(LOG_LEVEL_VERBOSE, NULL, "the desktop %s",
		    inhibited ? "is not to be disturbed"
			      : "may be disturbed again");
	desk->world->inhibited = inhibited;
	if (desktop_knows_inhibited(desk->world->desktop))
		g_clear_pointer(&desk->decision, loop_timer_free);
	look_at_desktop(desk);
}

static bool watches(void *data, const char *name)
{
	const struct desk *desk = data;

	return desk->events->find(desk->data, name) != NULL;
}

/* Whatever the reason, its bells are off. */
static bool rests(void *data, const char *name)
{
	const struct desk *desk = data;
	const struct account *account = desk->events->find(desk->data, name);
	int64_t until;

	if (account == NULL)
		return false;
	return account_rest(account, &until) != ACCOUNT_AWAKE ||
	    ((desk->world->inhibited || desk->world->undecided) &&
		account_config(account)->dnd == CONFIG_DND_RESPECT);
}

/* Muted since, it stays so. */
static void ring_again(void *data, struct message *message)
{
	const struct desk *desk = data;
	struct account *account =
	    desk->events->find(desk->data, message->account);

	if (account != NULL &&
	    mutes_find(desk->say.mutes, message, when_wall()) == NULL)
		account_ring_again(account, message);
	else
		message_free(message);
}

static const struct snoozes_events snoozes_events = {
    .watches = watches, .rests = rests, .ring = ring_again};

static void open_belfry(struct desk *desk)
{
	static const struct desktop_events events = {.action = on_button,
	    .closed = on_closed,
	    .appeared = on_appeared,
	    .inhibited = on_inhibited};
	const struct belfry_options options = {
	    .desktop = desk->world->desktop,
	    .close = desktop_close,
	    .events = &buttons_events,
	    .data = desk->buttons,
	};

	desk->say.belfry = belfry_new(&options);
	desktop_listen(options.desktop, &events, desk);
}

/* Nobody asks the desktop whose answer nobody would heed. */
static bool cares_for_dnd(const struct config *config)
{
	bool respected = false, shown = false;

	for (unsigned i = 0; i < config->accounts->len; i++) {
		const struct config_account *account =
		    config->accounts->pdata[i];

		respected |= account->dnd == CONFIG_DND_RESPECT;
		shown |= (account->notify & CONFIG_NOTIFY_DESKTOP) != 0;
	}
	for (unsigned i = 0; i < config->rules->len; i++) {
		const struct config_rule *rule = config->rules->pdata[i];

		shown |= rule->has_notify &&
		    (rule->notify & CONFIG_NOTIFY_DESKTOP) != 0;
	}
	return respected && shown;
}

static void await_decision(struct desk *desk)
{
	struct account_world *world = desk->world;

	if (desktop_knows_inhibited(world->desktop))
		g_clear_pointer(&desk->decision, loop_timer_free);
	else if (desk->decision == NULL) {
		desk->decision =
		    loop_timer_new(world->net->loop, on_decision, desk);
		loop_timer_set(desk->decision, loop_now() + DECISION_TIME);
	}
	world->undecided = desk->decision != NULL;
}

void desk_mind(struct desk *desk, const struct config *config)
{
	struct account_world *world = desk->world;

	if (world->once)
		return;
	desktop_watch_inhibited(world->desktop, cares_for_dnd(config));
	world->inhibited = desktop_is_inhibited(world->desktop);
	await_decision(desk);
}

/* Who runs once does not stay for what is due later. */
struct desk *desk_new(
    struct account_world *world, const struct desk_events *events, void *data)
{
	struct desk *desk = g_new0(struct desk, 1);
	struct buttons_options options = {
	    .world = world, .find = events->find, .data = data};

	desk->world = world;
	desk->events = events;
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
	if (desk->decision != NULL)
		loop_timer_free(desk->decision);
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
