/*
 * Who is looked at when, and what is told: this computer first and alone, then
 * the accounts, some at a time; what is found of one whose turn to be told has
 * not come is kept back.
 *
 * A step that blocks is made in a thread.  One that does not end in time is
 * left behind with all that it looks at, until the program ends.
 */
#include "app/doctor-inside.h"
#include "app/log.h"
#include "message/text.h"
#include "os/language.h"
#include <stdarg.h>
#include <string.h>
#include <sysexits.h>

enum {
	STEP_TIME = 12 * 1000, /* ms */
	AT_ONCE = 8,
	TEXT_MAX = 1000,
};

struct doctor {
	const struct doctor_options *options;
	struct net *net;
	GMainLoop *loop;
	GPtrArray *patients; /* struct patient; the first is the computer */
	unsigned begun, told, busy;
	char *clock; /* what is wrong with it, or NULL */
	int status;
};

struct patient {
	struct doctor *doctor;
	struct doctor_place place;
	const struct doctor_step *step; /* the next one */
	struct doctor_road *road;
	GQueue findings; /* not told yet */
	GSList *failed;  /* steps, by their static names */
	bool over;
};

/* ---- findings ---- */

struct doctor_finding *doctor_finding_new(const char *step)
{
	struct doctor_finding *finding = g_new0(struct doctor_finding, 1);

	finding->step = step;
	finding->took = -g_get_monotonic_time();
	return finding;
}

void doctor_finding_free(gpointer data)
{
	struct doctor_finding *finding = data;

	g_free(finding->text);
	g_free(finding->advice);
	g_free(finding);
}

static void set_text(char **text, const char *format, va_list arguments)
{
	g_autofree char *raw = g_strdup_vprintf(gettext(format), arguments);

	g_free(*text);
	*text = text_clean(raw, -1, TEXT_MAX);
}

static void stop_clock(struct doctor_finding *finding)
{
	if (finding->took < 0)
		finding->took += g_get_monotonic_time();
}

void doctor_say(struct doctor_finding *finding, enum doctor_verdict verdict,
    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set_text(&finding->text, format, arguments);
	va_end(arguments);
	finding->verdict = verdict;
	stop_clock(finding);
}

void doctor_fail(
    struct doctor_finding *finding, int status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set_text(&finding->text, format, arguments);
	va_end(arguments);
	finding->verdict = DOCTOR_FAILED;
	finding->status = status;
	stop_clock(finding);
}

void doctor_advise(struct doctor_finding *finding, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	set_text(&finding->advice, format, arguments);
	va_end(arguments);
}

/* ---- telling ---- */

static void note_clock(
    struct doctor *doctor, const struct doctor_finding *finding)
{
	if (finding->account != NULL ||
	    g_strcmp0(finding->step, "clock") != 0 ||
	    finding->verdict != DOCTOR_WARNING)
		return;
	g_free(doctor->clock);
	doctor->clock = g_strdup(finding->text);
}

/* Not where it is said: that may be in a thread. */
static void hide_secrets(char **text)
{
	char *safe = *text != NULL ? log_safe(*text) : NULL;

	g_free(*text);
	*text = safe;
}

static void tell(struct doctor *doctor, struct doctor_finding *finding)
{
	if (finding->verdict == DOCTOR_FAILED && doctor->status == EX_OK)
		doctor->status = finding->status;
	note_clock(doctor, finding);
	doctor->options->fn(doctor->options->data, finding);
	doctor_finding_free(finding);
}

static void tell_all(struct doctor *doctor)
{
	while (doctor->told < doctor->patients->len) {
		struct patient *patient = doctor->patients->pdata[doctor->told];
		struct doctor_finding *finding;

		while ((finding = g_queue_pop_head(&patient->findings)) != NULL)
			tell(doctor, finding);
		if (!patient->over)
			return;
		doctor->told++;
	}
}

/* Takes it over. */
static void found(void *data, struct doctor_finding *finding)
{
	struct patient *patient = data;

	if (finding->verdict == DOCTOR_NOTHING) {
		doctor_finding_free(finding);
		return;
	}
	if (patient->place.account != NULL)
		finding->account = patient->place.account->name;
	if (finding->verdict == DOCTOR_FAILED)
		patient->failed =
		    g_slist_prepend(patient->failed, (gpointer)finding->step);
	hide_secrets(&finding->text);
	hide_secrets(&finding->advice);
	g_queue_push_tail(&patient->findings, finding);
	tell_all(patient->doctor);
}

/* ---- one after the other ---- */

static void begin_patients(struct doctor *doctor);

static gboolean end_patient(gpointer data)
{
	struct patient *patient = data;
	struct doctor *doctor = patient->doctor;

	g_clear_pointer(&patient->road, doctor_road_free);
	g_clear_pointer(&patient->failed, g_slist_free);
	patient->over = true;
	doctor->busy--;
	tell_all(doctor);
	begin_patients(doctor);
	return G_SOURCE_REMOVE;
}

/* From within a call of what is to be freed. */
static void end_soon(void *data)
{
	g_idle_add(end_patient, data);
}

static const struct doctor_road_events road_events = {
    .tell = found,
    .over = end_soon,
};

static void travel(struct patient *patient)
{
	if (patient->place.account == NULL)
		end_soon(patient);
	else
		patient->road = doctor_road_new(patient->doctor->net,
		    patient->place.options->settings, patient->place.account,
		    patient->doctor->clock, &road_events, patient);
}

/* ---- a step in a thread ---- */

struct job {
	struct patient *patient; /* NULL: nobody waits for it any more */
	struct doctor_place place;
	const struct doctor_step *step;
	struct doctor_finding *finding;
	guint deadline;
};

static void next_step(struct patient *patient);

static void job_end(struct job *job, struct doctor_finding *finding)
{
	struct patient *patient = job->patient;

	job->patient = NULL;
	found(patient, finding);
	next_step(patient);
}

static gboolean job_done(gpointer data)
{
	struct job *job = data;

	if (job->patient == NULL) {
		doctor_finding_free(job->finding);
	} else {
		g_source_remove(job->deadline);
		job_end(job, job->finding);
	}
	g_free(job);
	return G_SOURCE_REMOVE;
}

/* A thread may look at them until we end: they are never freed. */
static void leave_behind(struct settings *settings)
{
	static GSList *left;

	if (settings != NULL)
		left = g_slist_prepend(left, settings_ref(settings));
}

static gboolean job_late(gpointer data)
{
	struct job *job = data;
	struct doctor_finding *finding = doctor_finding_new(job->step->name);

	leave_behind(job->place.options->settings);
	finding->took = (int64_t)STEP_TIME * 1000;
	doctor_fail(
	    finding, EX_TEMPFAIL, "no answer within %d s", STEP_TIME / 1000);
	doctor_advise(finding,
	    "something hangs: a disk on the network, or who should answer");
	job_end(job, finding);
	return G_SOURCE_REMOVE;
}

static gpointer job_run(gpointer data)
{
	struct job *job = data;

	job->finding = doctor_finding_new(job->step->name);
	job->step->look(&job->place, job->finding);
	g_idle_add(job_done, job);
	return NULL;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

static bool is_pointless(const struct patient *patient)
{
	const char *needs = patient->step->needs;

	return needs != NULL &&
	    g_slist_find_custom(patient->failed, needs, compare_names) != NULL;
}

static void skip_pointless(struct patient *patient)
{
	while (is_pointless(patient)) {
		struct doctor_finding *finding =
		    doctor_finding_new(patient->step->name);

		doctor_say(finding, DOCTOR_SKIPPED, "not tried");
		finding->took = -1;
		found(patient, finding);
		patient->step++;
	}
}

static void next_step(struct patient *patient)
{
	struct job *job;

	skip_pointless(patient);
	if (patient->step->name == NULL) {
		travel(patient);
		return;
	}
	job = g_new0(struct job, 1);
	job->patient = patient;
	job->place = patient->place;
	job->step = patient->step++;
	job->deadline = g_timeout_add(STEP_TIME, job_late, job);
	g_thread_unref(g_thread_new("doctor", job_run, job));
}

/* ---- all of them ---- */

/* The computer by itself: what is wrong with it is wrong for all. */
static bool may_begin(const struct doctor *doctor)
{
	return doctor->begun < doctor->patients->len &&
	    (doctor->begun != 1 || doctor->busy == 0) && doctor->busy < AT_ONCE;
}

static void begin_patients(struct doctor *doctor)
{
	while (may_begin(doctor)) {
		doctor->busy++;
		next_step(doctor->patients->pdata[doctor->begun++]);
	}
	if (doctor->busy == 0)
		g_main_loop_quit(doctor->loop);
}

static void add_patient(
    struct doctor *doctor, const struct config_account *account)
{
	struct patient *patient = g_new0(struct patient, 1);

	patient->doctor = doctor;
	patient->place.options = doctor->options;
	patient->place.account = account;
	patient->step =
	    account == NULL ? doctor_here_steps : doctor_account_steps;
	g_queue_init(&patient->findings);
	g_ptr_array_add(doctor->patients, patient);
}

bool doctor_is_wanted(const struct doctor_options *options, const char *name)
{
	return options->accounts == NULL || options->accounts[0] == NULL ||
	    g_strv_contains(options->accounts, name);
}

/* What cannot be read has no accounts. */
static void add_patients(struct doctor *doctor)
{
	const struct settings *settings = doctor->options->settings;

	add_patient(doctor, NULL);
	for (unsigned i = 0;
	     settings != NULL && i < settings->config->accounts->len; i++) {
		const struct config_account *account =
		    settings->config->accounts->pdata[i];

		if (doctor_is_wanted(doctor->options, account->name))
			add_patient(doctor, account);
	}
}

static void run(struct doctor *doctor)
{
	doctor->patients = g_ptr_array_new_with_free_func(g_free);
	doctor->loop = g_main_loop_new(NULL, FALSE);
	add_patients(doctor);
	begin_patients(doctor);
	g_main_loop_run(doctor->loop);
	g_main_loop_unref(doctor->loop);
	g_ptr_array_unref(doctor->patients);
	g_free(doctor->clock);
}

int doctor_run(const struct doctor_options *options)
{
	struct doctor doctor = {.options = options};
	g_autoptr(GError) error = NULL;

	doctor.net = net_new(&error);
	if (doctor.net == NULL) {
		log_line(LOG_LEVEL_ERROR, NULL, "%s", error->message);
		return EX_OSERR;
	}
	run(&doctor);
	net_free(doctor.net);
	return doctor.status;
}
