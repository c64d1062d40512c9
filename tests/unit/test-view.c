/*
 * Both views of a message, the JSON read again by a parser.
 */
#include "message/view.h"
#include "tests/unit/unit.h"
#include <json-glib/json-glib.h>
#include <string.h>

static const struct message_source source = {.account = "work",
    .mailbox = "Lists/x",
    .uidvalidity = 4294967295u,
    .uid = 4000000000u,
    .size = 5000000000u,
    .flags = "\\Seen  $Junk"};

static const char *const names[] = {"event", "account", "mailbox", "uid",
    "uidvalidity", "from", "from_name", "from_address", "to", "cc", "subject",
    "date", "size", "message_id", "list_id", "flags", "attachment", "preview",
    "thread", "rule", "muted", "file", NULL};

static struct message *read_message(const char *header)
{
	return message_new(&source, header, strlen(header));
}

static struct message *make_usual(void)
{
	return read_message(
	    "From: =?utf-8?Q?J=C3=B6rg?= <j@b\303\274cher.example>,\r\n"
	    " \"Boss, The\" <boss@example.org>\r\n"
	    "To: a@b\r\nCc: C \\\"D\\\" <c@d>\r\n"
	    "Subject: \"Lunch\" \\ <b>?\r\n"
	    "Date: Sun, 22 Nov 2026 10:15:00 +0100\r\n"
	    "Message-ID: <1@x>\r\nList-ID: L <l.x>\r\n");
}

static JsonObject *parse(const struct message *message, JsonParser **ret)
{
	g_autofree char *json = message_to_json(message);
	g_autoptr(GError) error = NULL;

	*ret = json_parser_new();
	g_assert_null(strpbrk(json, "\r\n"));
	json_parser_load_from_data(*ret, json, -1, &error);
	g_assert_no_error(error);
	return json_node_get_object(json_parser_get_root(*ret));
}

static void check_person(JsonObject *object, const char *member, guint index,
    const char *name, const char *address)
{
	JsonArray *array = json_object_get_array_member(object, member);
	JsonObject *one = json_array_get_object_element(array, index);

	g_assert_cmpuint(json_object_get_size(one), ==, 2);
	g_assert_cmpstr(json_object_get_string_member(one, "name"), ==, name);
	g_assert_cmpstr(
	    json_object_get_string_member(one, "address"), ==, address);
}

static void check_string(
    JsonObject *object, const char *member, const char *expected)
{
	g_assert_cmpstr(
	    json_object_get_string_member(object, member), ==, expected);
}

static void test_attachment(void)
{
	static const struct {
		enum message_attachment attachment;
		const char *word;
	} rows[] = {
	    {MESSAGE_ATTACHMENT_NO, "no"},
	    {MESSAGE_ATTACHMENT_YES, "yes"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Message) message = make_usual();
		g_autoptr(JsonParser) parser = NULL;
		g_auto(GStrv) environment = NULL;
		JsonObject *object;

		message->attachment = rows[i].attachment;
		object = parse(message, &parser);
		g_assert_cmpint(
		    json_object_get_boolean_member(object, "attachment"), ==,
		    rows[i].attachment == MESSAGE_ATTACHMENT_YES);
		environment = message_to_environment(message, NULL);
		g_assert_cmpstr(
		    g_environ_getenv(environment, "IDLEBELL_ATTACHMENT"), ==,
		    rows[i].word);
	}
}

static void test_json(void)
{
	g_autoptr(Message) message = make_usual();
	g_autoptr(JsonParser) parser = NULL;
	JsonObject *object = parse(message, &parser);

	check_string(object, "event", "message");
	check_string(object, "account", "work");
	check_string(object, "mailbox", "Lists/x");
	check_string(object, "from_name", "J\303\266rg");
	check_string(object, "from_address", "j@b\303\274cher.example");
	check_string(object, "subject", "\"Lunch\" \\ <b>?");
	check_string(object, "date", "2026-11-22T10:15:00+01:00");
	check_string(object, "message_id", "1@x");
	check_string(object, "list_id", "l.x");
	check_person(
	    object, "from", 0, "J\303\266rg", "j@b\303\274cher.example");
	check_person(object, "from", 1, "Boss, The", "boss@example.org");
	check_person(object, "to", 0, "", "a@b");
	check_person(object, "cc", 0, "C \\\"D\\", "c@d");
	g_assert_cmpuint(
	    json_array_get_length(json_object_get_array_member(object, "cc")),
	    ==, 1);
	g_assert_true(json_object_get_null_member(object, "attachment"));
}

static void test_json_types(void)
{
	g_autoptr(Message) message = make_usual();
	g_autoptr(JsonParser) parser = NULL;
	JsonObject *object = parse(message, &parser);
	JsonArray *flags = json_object_get_array_member(object, "flags");

	g_assert_cmpint(json_object_get_int_member(object, "uid"), ==,
	    G_GINT64_CONSTANT(4000000000));
	g_assert_cmpint(json_object_get_int_member(object, "uidvalidity"), ==,
	    G_GINT64_CONSTANT(4294967295));
	g_assert_cmpint(json_object_get_int_member(object, "size"), ==,
	    G_GINT64_CONSTANT(5000000000));
	g_assert_cmpuint(json_array_get_length(flags), ==, 2);
	g_assert_cmpstr(json_array_get_string_element(flags, 0), ==, "\\Seen");
	g_assert_cmpstr(json_array_get_string_element(flags, 1), ==, "$Junk");
	g_assert_true(json_object_get_null_member(object, "rule"));
	g_assert_true(json_object_get_null_member(object, "file"));
}

static void test_json_effects(void)
{
	g_autoptr(Message) message = make_usual();
	g_autoptr(JsonParser) parser = NULL;
	JsonObject *object;

	message->rule = g_strdup("bo\nss");
	message->file = g_strdup("/m/\377\"x");
	message->size = G_MAXUINT64;
	object = parse(message, &parser);
	check_string(object, "rule", "bo ss");
	check_string(object, "file", "/m/\357\277\275\"x");
	g_assert_cmpint(
	    json_object_get_int_member(object, "size"), ==, G_MAXINT64);
}

/* The members are those of the contract, in its order; none is missing in
 * the environment. */
static void test_names(void)
{
	g_autoptr(Message) message = make_usual();
	g_autoptr(JsonParser) parser = NULL;
	g_autoptr(GList) members =
	    json_object_get_members(parse(message, &parser));
	g_auto(GStrv) environment = message_to_environment(message, NULL);
	GList *member = members;

	g_assert_cmpuint(
	    g_strv_length(environment), ==, g_strv_length((char **)names));
	for (int i = 0; names[i] != NULL; i++, member = member->next) {
		g_autofree char *upper = g_ascii_strup(names[i], -1);
		g_autofree char *name = g_strconcat("IDLEBELL_", upper, NULL);
		g_assert_cmpstr(member->data, ==, names[i]);
		g_assert_nonnull(g_environ_getenv(environment, name));
	}
	g_assert_null(member);
}

static void check_variable(
    char **environment, const char *name, const char *expected)
{
	g_assert_cmpstr(g_environ_getenv(environment, name), ==, expected);
}

static void test_environment(void)
{
	static const char *const base[] = {
	    "HOME=/h", "IDLEBELL_UID=1", "IDLEBELL_OLD=x", "NOVALUE", NULL};
	g_autoptr(Message) message = make_usual();
	g_auto(GStrv) environment = message_to_environment(message, base);

	check_variable(environment, "HOME", "/h");
	g_assert_cmpstr(environment[1], ==, "NOVALUE");
	check_variable(environment, "IDLEBELL_OLD", NULL);
	check_variable(environment, "IDLEBELL_EVENT", "message");
	check_variable(environment, "IDLEBELL_UID", "4000000000");
	check_variable(environment, "IDLEBELL_UIDVALIDITY", "4294967295");
	check_variable(environment, "IDLEBELL_FROM",
	    "J\303\266rg <j@b\303\274cher.example>, "
	    "\"Boss, The\" <boss@example.org>");
	check_variable(environment, "IDLEBELL_FROM_NAME", "J\303\266rg");
	check_variable(
	    environment, "IDLEBELL_FROM_ADDRESS", "j@b\303\274cher.example");
	check_variable(environment, "IDLEBELL_SIZE", "5000000000");
	check_variable(environment, "IDLEBELL_FLAGS", "\\Seen  $Junk");
	check_variable(environment, "IDLEBELL_RULE", "");
	check_variable(environment, "IDLEBELL_FILE", "");
}

static void test_environment_effects(void)
{
	g_autoptr(Message) message = read_message("");
	g_auto(GStrv) environment = NULL;

	message->rule = g_strdup("boss");
	message->file = g_strdup("/m/\377 x ");
	environment = message_to_environment(message, NULL);
	check_variable(environment, "IDLEBELL_RULE", "boss");
	check_variable(environment, "IDLEBELL_FILE", "/m/\377 x ");
	check_variable(environment, "IDLEBELL_FROM", "");
	check_variable(environment, "IDLEBELL_FROM_NAME", "");
	check_variable(environment, "IDLEBELL_FROM_ADDRESS", "");
	check_variable(environment, "IDLEBELL_TO", "");
	check_variable(environment, "IDLEBELL_CC", "");
	check_variable(environment, "IDLEBELL_ATTACHMENT", "");
}

struct people {
	const char *header;
	const char *expected;
};

static const struct people people[] = {
    {"From: a@b\r\n", "a@b"},
    {"From: Anna <a@b>\r\n", "Anna <a@b>"},
    {"From: Anna Schmidt\r\n", "Anna Schmidt"},
    {"From: A, B <a@b>, c@d\r\n", "\"A, B\" <a@b>, c@d"},
    {"From: \"x@y\" <a@b>\r\n", "\"x@y\" <a@b>"},
    {"From: \"a\\\"b\\\\\" <a@b>\r\n", "\"a\\\"b\\\\\" <a@b>"},
    {"From: =?utf-8?Q?=22=3Cx=40y=3E=2C?= <a@b>\r\n", "\"\\\"<x@y>,\" <a@b>"},
};

static void test_people(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
		g_autoptr(Message) message = read_message(people[i].header);
		g_auto(GStrv) environment =
		    message_to_environment(message, NULL);
		check_variable(
		    environment, "IDLEBELL_FROM", people[i].expected);
	}
}

static const char *const hostile[] = {
    "Subject: \"}, \"uid\": 1, {\"\r\n",
    "Subject: \\\" \\u0000 \\\r\n",
    "Subject: \033]0;x\a\r\n",
    "Subject: $(reboot) `id` ; rm -rf / | & > x\r\n",
    "Subject: =?utf-8?B?AAECAwQ=?=\r\n",
    "Subject: =?utf-8?Q?a=0AIDLEBELL=5FUID=3D1?=\r\n",
    "Subject: \342\200\256\342\200\250\302\205\r\n",
    "Subject: =?utf-8?Q?=ED=A0=80=F4=90=80=80=FF?=\r\n",
    "From: \"\\\"}]\" <\"]}\"@x>\r\n",
    "Message-ID: <\"\\\"\">\r\nList-ID: <\\>\r\n",
};

static void test_hostile(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autoptr(Message) message = read_message(hostile[i]);
		g_auto(GStrv) environment =
		    message_to_environment(message, NULL);
		g_autoptr(JsonParser) parser = NULL;
		JsonObject *object = parse(message, &parser);

		check_string(object, "subject", message->subject);
		g_assert_cmpint(json_object_get_int_member(object, "uid"), ==,
		    G_GINT64_CONSTANT(4000000000));
		for (char **one = environment; *one != NULL; one++) {
			g_assert_true(g_utf8_validate(*one, -1, NULL));
			g_assert_null(strpbrk(*one, "\r\n\033\a"));
		}
	}
}

static void test_bounds(void)
{
	g_autoptr(GString) header = g_string_new("To: ");
	g_autoptr(Message) message = NULL;
	g_auto(GStrv) environment = NULL;
	const char *to;

	for (int i = 0; i < 100; i++)
		g_string_append_printf(
		    header, "\"%0200d\" <a%d@example.org>, ", i, i);
	message = read_message(header->str);
	environment = message_to_environment(message, NULL);
	to = g_environ_getenv(environment, "IDLEBELL_TO");
	g_assert_cmpuint(message->to->len, ==, 100);
	g_assert_cmpuint(strlen(to), <=, 8192);
	g_assert_true(g_str_has_suffix(to, "\u2026"));
}

int main(int argc, char **argv)
{
	(void)argc;
	unit_init(argv[0]);
	message_init();
	g_test_add_func("/view/json", test_json);
	g_test_add_func("/view/attachment", test_attachment);
	g_test_add_func("/view/json-types", test_json_types);
	g_test_add_func("/view/json-effects", test_json_effects);
	g_test_add_func("/view/names", test_names);
	g_test_add_func("/view/environment", test_environment);
	g_test_add_func("/view/environment-effects", test_environment_effects);
	g_test_add_func("/view/people", test_people);
	g_test_add_func("/view/hostile", test_hostile);
	g_test_add_func("/view/bounds", test_bounds);
	return g_test_run();
}
