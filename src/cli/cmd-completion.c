/*
 * Scripts with which shells complete the command line, written from the
 * tables of commands and options.  What the configuration names they ask for
 * when it is wanted, by "completion accounts" and its like.
 */
#include "app/act.h"
#include "cli/option.h"
#include "config/options.h"
#include "imap/selection.h"
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* ---- words ---- */

static void list_accounts(const struct config *config)
{
	for (unsigned i = 0; i < config->accounts->len; i++)
		puts(((struct config_account *)config->accounts->pdata[i])
			 ->name);
}

static void list_rules(const struct config *config)
{
	for (unsigned i = 0; i < config->rules->len; i++)
		puts(((struct config_rule *)config->rules->pdata[i])->name);
}

/* Those that are written out. */
static void list_mailboxes(const struct config *config)
{
	for (unsigned i = 0; i < config->accounts->len; i++) {
		const struct config_account *a = config->accounts->pdata[i];

		for (char **entry = a->mailboxes; *entry != NULL; entry++) {
			const char *const one[] = {*entry, NULL};

			if (imap_selection_is_plain(one))
				puts(*entry);
		}
	}
}

static void print_verbs(void)
{
	for (unsigned i = 0; i < ACT_VERBS; i++)
		puts(act_name((enum act_verb)i));
}

/* Those of -o, and behind a tab what they are about. */
static void print_keys(void)
{
	for (const struct option *o = options; o->name != NULL; o++)
		if ((o->scope & (OPTION_ACCOUNT | OPTION_SHARED)) != 0)
			printf("%s=\t%s\n", o->name, o->help);
}

static void print_shells(void)
{
	puts("bash\nzsh\nfish");
}

/* What an argument may be, by its name in the table of commands. */
static const struct kind {
	const char *argument;
	const char *name;    /* of the list; NULL: a file */
	void (*print)(void); /* or of a configuration: */
	void (*list)(const struct config *config);
} kinds[] = {
    {"ACCOUNT", "accounts", NULL, list_accounts},
    {"MAILBOX", "mailboxes", NULL, list_mailboxes},
    {"RULE", "rules", NULL, list_rules},
    {"VERB", "verbs", print_verbs, NULL},
    {"KEY=VALUE", "keys", print_keys, NULL},
    {"SHELL", "shells", print_shells, NULL},
    {"FILE", NULL, NULL, NULL},
};

static const struct kind *find_kind(const char *argument)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (strcmp(kinds[i].argument, argument) == 0)
			return &kinds[i];
	return NULL;
}

/* ---- what stands where ---- */

/* One argument of a command: "[ACCOUNT...]". */
struct place {
	bool optional, repeated;
	GPtrArray *kinds; /* struct kind */
};

static void place_free(gpointer data)
{
	struct place *place = data;

	g_ptr_array_unref(place->kinds);
	g_free(place);
}

static struct place *place_new(const char *word)
{
	struct place *place = g_new0(struct place, 1);
	g_auto(GStrv) names = NULL;
	g_autofree char *bare = g_strdup(word);

	place->optional = strchr(word, '[') != NULL;
	place->repeated = strstr(word, "...") != NULL;
	place->kinds = g_ptr_array_new();
	g_strdelimit(bare, "[].", '|');
	names = g_strsplit(bare, "|", -1);
	for (char **name = names; *name != NULL; name++)
		if (find_kind(*name) != NULL)
			g_ptr_array_add(
			    place->kinds, (gpointer)find_kind(*name));
	return place;
}

/* "2", or "*" for all that follow; base: how the shell calls the first. */
static char *place_number(const GPtrArray *places, unsigned i, unsigned base)
{
	const struct place *place = places->pdata[i];

	return i + 1 == places->len && place->repeated
	    ? g_strdup("*")
	    : g_strdup_printf("%u", i + base);
}

static GPtrArray *read_places(const struct command *command)
{
	g_auto(GStrv) words = g_strsplit(command->arguments, " ", -1);
	GPtrArray *places = g_ptr_array_new_with_free_func(place_free);

	for (char **word = words; *word != NULL; word++)
		if (**word != '\0')
			g_ptr_array_add(places, place_new(*word));
	return places;
}

/* What may stand there, each once: what is optional may be left out. */
static GPtrArray *kinds_at(const GPtrArray *places, unsigned position)
{
	GPtrArray *found = g_ptr_array_new();

	bool passable = true;

	for (unsigned i = position; i < places->len && passable; i++) {
		const struct place *place = places->pdata[i];

		g_ptr_array_extend(found, place->kinds, NULL, NULL);
		passable = place->optional;
	}
	return found;
}

/* Of text within single quotes: a backslash before specials, quote for the
 * quote, and of several lines the first, which says what it is. */
static char *escape(const char *text, const char *specials, const char *quote)
{
	GString *out = g_string_new(NULL);

	for (; *text != '\0' && *text != '\n'; text++) {
		if (*text == '\'') {
			g_string_append(out, quote);
			continue;
		}
		if (strchr(specials, *text) != NULL)
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	return g_string_free(out, FALSE);
}

/* ---- bash ---- */

static const char bash_head[] =
    "# Completion of idlebell for bash, by \"idlebell completion bash\".\n"
    "_idlebell_offer() {\n"
    "\tlocal word\n"
    "\twhile IFS=$'\\t' read -r word _; do\n"
    "\t\t[[ $word != \"$cur\"* ]] ||\n"
    "\t\t\tCOMPREPLY+=(\"$(printf %q \"$word\")\")\n"
    "\tdone\n"
    "}\n"
    "_idlebell_list() {\n"
    "\t_idlebell_offer < <(\"${COMP_WORDS[0]}\" completion \"$1\" "
    "2>/dev/null)\n"
    "}\n"
    "_idlebell_files() {\n"
    "\tcompopt -o filenames 2>/dev/null\n"
    "\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "}\n"
    "_idlebell() {\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command='' position=0 i\n"
    "\tlocal before=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "\t[[ $before != = ]] || before=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "\t[[ $cur != = ]] || cur=\n"
    "\tCOMPREPLY=()\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tcase ${COMP_WORDS[i]} in\n";

/* A case of the shell's: "-o | --option)". */
static void bash_case(const struct cli_option *option)
{
	if (option->letter != '\0')
		printf("-%c | ", option->letter);
	printf("--%s)", option->name);
}

/* "=" is a word of its own. */
static void bash_options(void)
{
	for (const struct cli_option *o = cli_options; o->name != NULL; o++) {
		if (o->argument == NULL)
			continue;
		printf("\t\t");
		bash_case(o);
		printf(" ((i++)); [[ ${COMP_WORDS[i]} != = ]] || ((i++)) ;;\n");
	}
	printf("\t\t=) ((i++)) ;;\n"
	       "\t\t-*) ;;\n"
	       "\t\t*) if [[ -z $command ]]; then "
	       "command=${COMP_WORDS[i]}\n"
	       "\t\telse ((position++)); fi ;;\n"
	       "\t\tesac\n"
	       "\tdone\n");
}

static void bash_kind(const struct kind *kind)
{
	if (kind->name == NULL)
		printf(" _idlebell_files;");
	else
		printf(" _idlebell_list %s;", kind->name);
}

/* Of an option. */
static void bash_arguments(void)
{
	printf("\tcase $before in\n");
	for (const struct cli_option *o = cli_options; o->name != NULL; o++) {
		const struct kind *kind =
		    o->argument != NULL ? find_kind(o->argument) : NULL;

		if (kind == NULL)
			continue;
		printf("\t");
		bash_case(o);
		bash_kind(kind);
		if (kind->print == print_keys)
			printf(" compopt -o nospace 2>/dev/null;");
		printf(" return ;;\n");
	}
	printf("\tesac\n"
	       "\t[[ ${COMP_WORDS[COMP_CWORD]} != = ]] || return\n"
	       "\t((i == COMP_CWORD)) || return\n");
}

static void print_names(const struct command *command)
{
	for (const struct cli_option *o = cli_options; o->name != NULL; o++)
		if (o->everywhere ||
		    (command != NULL && cli_option_is_of(o, command)))
			printf("--%s\\n", o->name);
}

static void bash_dashes(void)
{
	printf("\tif [[ $cur == -* ]]; then\n\t\tcase $command in\n");
	for (const struct command *c = cli_commands; c->name != NULL; c++) {
		printf("\t\t%s) _idlebell_offer < <(printf -- '", c->name);
		print_names(c);
		printf("') ;;\n");
	}
	printf("\t\t*) _idlebell_offer < <(printf -- '");
	print_names(NULL);
	printf("') ;;\n\t\tesac\n\t\treturn\n\tfi\n");
}

static void bash_command(const struct command *command)
{
	g_autoptr(GPtrArray) places = read_places(command);

	for (unsigned i = 0; i < places->len; i++) {
		g_autoptr(GPtrArray) found = kinds_at(places, i);
		g_autofree char *number = place_number(places, i, 0);

		if (found->len == 0)
			continue;
		printf("\t%s:%s)", command->name, number);
		for (unsigned k = 0; k < found->len; k++)
			bash_kind(found->pdata[k]);
		printf(";\n");
	}
}

static void print_bash(void)
{
	fputs(bash_head, stdout);
	bash_options();
	bash_arguments();
	bash_dashes();
	printf(
	    "\tcase $command:$position in\n\t:*) _idlebell_offer < <(printf -- '");
	for (const struct command *c = cli_commands; c->name != NULL; c++)
		printf("%s\\n", c->name);
	printf("') ;;\n");
	for (const struct command *c = cli_commands; c->name != NULL; c++)
		bash_command(c);
	printf("\tesac\n}\ncomplete -F _idlebell idlebell\n");
}

/* ---- zsh ---- */

/* Within single quotes and brackets. */
static char *zsh_text(const char *text)
{
	return escape(text, "[]:", "'\\''");
}

static const char *zsh_action(const char *argument)
{
	const struct kind *kind = find_kind(argument);

	if (kind == NULL)
		return "";
	return kind->print == print_keys ? "_idlebell_keys" : "_files";
}

static void zsh_option(const struct cli_option *option)
{
	g_autofree char *help = zsh_text(option->help);

	printf(" \\\n\t\t\t");
	if (option->letter == '\0')
		printf("--%s", option->name);
	else if (option->repeatable)
		printf("'*'{-%c,--%s}", option->letter, option->name);
	else
		printf("'(-%c --%s)'{-%c,--%s}", option->letter, option->name,
		    option->letter, option->name);
	printf("'[%s]", help);
	if (option->argument != NULL)
		printf(
		    ":%s:%s", option->argument, zsh_action(option->argument));
	printf("'");
}

static void zsh_options(const struct command *command)
{
	for (const struct cli_option *o = cli_options; o->name != NULL; o++)
		if (o->everywhere ||
		    (command != NULL && cli_option_is_of(o, command)))
			zsh_option(o);
}

static void zsh_place(const GPtrArray *found, const char *where)
{
	const struct kind *first = found->pdata[0];

	if (first->name == NULL) {
		printf(" \\\n\t\t\t'%s:file:_files'", where);
		return;
	}
	printf(" \\\n\t\t\t'%s:%s: _idlebell_list", where, first->argument);
	for (unsigned i = 0; i < found->len; i++)
		printf(" %s", ((struct kind *)found->pdata[i])->name);
	printf("'");
}

static void zsh_places(const struct command *command)
{
	g_autoptr(GPtrArray) places = read_places(command);

	for (unsigned i = 0; i < places->len; i++) {
		g_autoptr(GPtrArray) found = kinds_at(places, i);
		g_autofree char *where = place_number(places, i, 1);

		if (found->len > 0)
			zsh_place(found, where);
		else
			printf(" \\\n\t\t\t'%s:: :'", where);
	}
}

static void zsh_command(const struct command *command)
{
	printf("\t%s)\n\t\t_arguments -s", command->name);
	zsh_options(command);
	zsh_places(command);
	printf(" ;;\n");
}

static const char zsh_head[] =
    "#compdef idlebell\n"
    "# Completion of idlebell for zsh, by \"idlebell completion zsh\".\n"
    "_idlebell_list() {\n"
    "\tlocal kind; local -a words\n"
    "\tfor kind; do\n"
    "\t\twords+=(${(f)\"$(command idlebell completion $kind "
    "2>/dev/null)\"})\n"
    "\tdone\n"
    "\tcompadd -a words\n"
    "}\n"
    "_idlebell_keys() {\n"
    "\tlocal -a keys\n"
    "\tkeys=(${(f)\"$(command idlebell completion keys 2>/dev/null)\"})\n"
    "\tkeys=(${keys/$'\\t'/:})\n"
    "\t_describe -t keys key keys -S ''\n"
    "}\n"
    "_idlebell() {\n"
    "\tlocal curcontext=$curcontext state line\n"
    "\tlocal -a commands\n"
    "\tcommands=(\n";

static void print_zsh(void)
{
	fputs(zsh_head, stdout);
	for (const struct command *c = cli_commands; c->name != NULL; c++) {
		g_autofree char *help = zsh_text(c->help);

		printf("\t\t'%s:%s'\n", c->name, help);
	}
	printf("\t)\n\t_arguments -C -s");
	zsh_options(NULL);
	printf(" \\\n\t\t\t'1: :->command' '*:: :->arguments' && return\n"
	       "\tcase $state in\n"
	       "\tcommand) _describe command commands; return ;;\n"
	       "\tesac\n"
	       "\tcase $line[1] in\n");
	for (const struct command *c = cli_commands; c->name != NULL; c++)
		zsh_command(c);
	printf("\tesac\n}\n"
	       "if [ \"$funcstack[1]\" = _idlebell ]; then\n"
	       "\t_idlebell \"$@\"\nelse\n\tcompdef _idlebell idlebell\nfi\n");
}

/* ---- fish ---- */

static char *fish_text(const char *text)
{
	return escape(text, "\\", "\\'");
}

/* Of an option. */
static void fish_argument(const struct kind *kind)
{
	if (kind == NULL)
		printf(" -x");
	else if (kind->name == NULL)
		printf(" -r -F");
	else
		printf(" -x -a '(idlebell completion %s 2>/dev/null)'",
		    kind->name);
}

static void fish_option(
    const struct cli_option *option, const struct command *command)
{
	g_autofree char *help = fish_text(option->help);

	printf("complete -c idlebell -l %s", option->name);
	if (option->letter != '\0')
		printf(" -s %c", option->letter);
	if (option->argument != NULL)
		fish_argument(find_kind(option->argument));
	if (command != NULL)
		printf(" -n '__fish_seen_subcommand_from %s'", command->name);
	printf(" -d '%s'\n", help);
}

/* fish does not count arguments. */
static void fish_places(const struct command *command)
{
	g_autoptr(GPtrArray) places = read_places(command);

	for (unsigned i = 0; i < places->len; i++) {
		const GPtrArray *found =
		    ((struct place *)places->pdata[i])->kinds;

		for (unsigned k = 0; k < found->len; k++) {
			const struct kind *kind = found->pdata[k];

			printf("complete -c idlebell -n "
			       "'__fish_seen_subcommand_from %s' ",
			    command->name);
			if (kind->name == NULL)
				printf("-F\n");
			else
				printf("-a '(idlebell completion %s "
				       "2>/dev/null)'\n",
				    kind->name);
		}
	}
}

static void fish_command(const struct command *command)
{
	g_autofree char *help = fish_text(command->help);

	printf("complete -c idlebell -n __fish_use_subcommand -a %s -d '%s'\n",
	    command->name, help);
	for (const struct cli_option *o = cli_options; o->name != NULL; o++)
		if (cli_option_is_of(o, command))
			fish_option(o, command);
	fish_places(command);
}

static void print_fish(void)
{
	printf("# Completion of idlebell for fish, by \"idlebell completion "
	       "fish\".\n"
	       "complete -c idlebell -f\n");
	for (const struct cli_option *o = cli_options; o->name != NULL; o++)
		if (o->everywhere)
			fish_option(o, NULL);
	for (const struct command *c = cli_commands; c->name != NULL; c++)
		fish_command(c);
}

/* ---- the command ---- */

/* Whatever is wrong with the configuration is not told at a prompt. */
static int print_list(const struct cli *cli, const struct kind *kind)
{
	struct settings *settings;

	if (kind->print != NULL) {
		kind->print();
		return EX_OK;
	}
	settings = settings_load(
	    cli->path, (const char *const *)cli->overrides->pdata, NULL);
	if (settings == NULL)
		return EX_CONFIG;
	kind->list(settings->config);
	settings_unref(settings);
	return EX_OK;
}

int cmd_completion(const struct cli *cli, char **arguments)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {
	    {"bash", print_bash},
	    {"zsh", print_zsh},
	    {"fish", print_fish},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(shells); i++)
		if (strcmp(shells[i].name, arguments[0]) == 0) {
			shells[i].print();
			return EX_OK;
		}
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (g_strcmp0(kinds[i].name, arguments[0]) == 0)
			return print_list(cli, &kinds[i]);
	return cli_usage_error(
	    "completion is for bash, zsh or fish, not ", arguments[0]);
}
