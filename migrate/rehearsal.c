/* See rehearsal.h. */
#include "migrate/rehearsal.h"

#include "migrate/rehearsal/program.h"
#include "migrate/rehearsal/stage.h"
#include "migrate/replay/build.h"
#include "migrate/status.h"
#include "migrate/trace.h"
#include "store/session.h"

/* One rehearsal. */
struct course {
    TALLOC_CTX *memory; /* freed at the end: copy, connections */
    const struct rehearsal_options *options;
    struct rehearsal *rehearsal; /* being made */
    struct stage_copy *stage;
    struct pool *pool; /* to the copy */
};

static void tell_step(const struct course *course, enum rehearsal_step step)
{
    const struct rehearsal_listener *listener = &course->options->listener;
    if (listener->on_step)
        listener->on_step(listener->argument, step);
}

/* ---- the copy ---- */

static const char *const *copy_texts(TALLOC_CTX *owner, const char *const *texts)
{
    size_t count = 0;
    while (texts[count])
        count++;
    const char **copies = talloc_zero_size(owner, (count + 1) * sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = talloc_strdup(copies, texts[i]);
    return copies;
}

static bool make_copy(struct course *course, struct error *error)
{
    struct rehearsal *rehearsal = course->rehearsal;
    tell_step(course, REHEARSAL_COPYING);
    course->stage = stage_copy_make(course->memory, course->options, error);
    if (!course->stage)
        return false;
    rehearsal->source = course->stage->source;
    rehearsal->reason = course->stage->reason ? talloc_strdup(rehearsal, course->stage->reason) : NULL;
    rehearsal->warnings = copy_texts(rehearsal, course->stage->warnings);
    rehearsal->applied_before = course->stage->applied;
    int version = scratch_server_version(course->stage->scratch);
    rehearsal->server_version = talloc_asprintf(rehearsal, "%d.%d", version / 10000, version % 10000);
    course->pool = pool_new(course->memory, course->stage->target, course->options->settings, POOL_READ_WRITE,
                            course->options->application);
    return true;
}

static void ping(struct course *course, struct rehearsal_ping *ping)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *refusal = error_new(memory);
    struct session *session = session_open(memory, course->pool, course->options->cancel, refusal);
    struct session_facts *facts = session ? session_test_connection(memory, session, refusal) : NULL;
    *ping = (struct rehearsal_ping){
        .problem = facts ? NULL : talloc_strdup(course->rehearsal, refusal->message),
        .round_trip_us = facts ? facts->round_trip_us : 0,
    };
    talloc_free(memory);
}

/* ---- the apply ---- */

static void add_file(struct course *course, const struct migration_file *file, int64_t duration_ms, int how)
{
    struct rehearsal *rehearsal = course->rehearsal;
    rehearsal->files =
        talloc_realloc(rehearsal, rehearsal->files, struct rehearsal_file, (unsigned)rehearsal->file_count + 1);
    struct rehearsal_file *added = &rehearsal->files[rehearsal->file_count++];
    *added = (struct rehearsal_file){
        .version = talloc_strdup(rehearsal, file->version),
        .file = talloc_strdup(rehearsal, file->path),
        .duration_ms = duration_ms,
        .how = how ? REHEARSED_AS_REPLAYED : REHEARSED_AS_APPLIED,
    };
}

static const struct plan_step *step_of(const struct plan *plan, const char *version)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!strcmp(plan->steps[i].file->version, version))
            return &plan->steps[i];
    return NULL;
}

/* The plan of what is pending now. Owner: `memory`. */
static struct plan *plan_now(TALLOC_CTX *memory, struct course *course, struct error *error)
{
    const struct rehearsal_options *options = course->options;
    struct plan_target target;
    struct session *session = session_open(memory, course->pool, options->cancel, error);
    struct status *status =
        session ? status_read(memory, session->connection, options->directory, options->settings, error) : NULL;
    struct plan *plan = status && plan_read_target(memory, session->connection, &target, error)
                            ? plan_build(memory, status, options->settings, &target, &options->selection, error)
                            : NULL;
    talloc_free(session);
    return plan;
}

static bool make_roles(struct course *course, const struct plan *plan, struct error *error)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!scratch_make_named_roles(course->stage->scratch, &plan->steps[i].file->statements, error))
            return false;
    return true;
}

/* What apply_run did, taken over. Returns the step that failed, or NULL. */
static const struct plan_step *take_result(struct course *course, const struct plan *plan,
                                           const struct apply_result *result)
{
    course->rehearsal->remaining = plan->remaining + (result ? result->remaining : plan->count);
    for (size_t i = 0; result && i < result->applied_count; i++) {
        const struct plan_step *step = step_of(plan, result->applied[i].version);
        if (step)
            add_file(course, step->file, result->applied[i].duration_ms, REHEARSED_AS_APPLIED);
    }
    return result && result->failed_version ? step_of(plan, result->failed_version) : NULL;
}

static void warn_of_findings(struct course *course, const struct scratch_findings *findings)
{
    struct rehearsal *rehearsal = course->rehearsal;
    size_t count = 0;
    while (rehearsal->warnings[count])
        count++;
    const char **lines = talloc_zero_size(rehearsal, (count + findings->count + 1) * sizeof *lines);
    memcpy(lines, rehearsal->warnings, count * sizeof *lines);
    for (size_t i = 0; i < findings->count; i++)
        lines[count + i] = talloc_asprintf(lines, "%s:%d: %s", findings->items[i].file, findings->items[i].line,
                                           findings->items[i].message);
    rehearsal->warnings = lines;
}

/* A file that a plain owner may not run, in the way of scratch databases, which know what such a one may have. */
static bool replay(struct course *course, const struct migration_file *file, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct replay_options replaying = {.cancel = course->options->cancel};
    struct build build = build_new(memory, course->stage->scratch, &replaying, error);
    build.replay->database = course->stage->database;
    bool ok = build_open(&build) && build_run_file(&build, file, NULL);
    if (ok) {
        add_file(course, file, INTEGER_NULL, REHEARSED_AS_REPLAYED);
        warn_of_findings(course, &build.replay->findings);
    }
    talloc_free(memory);
    return ok;
}

/* One run. *again: a file was done in another way, and there may be more. */
static bool apply_once(struct course *course, bool *again, struct error *error)
{
    const struct rehearsal_options *options = course->options;
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct plan_step *failed = NULL;
    struct apply_result *result = NULL;
    struct plan *plan = plan_now(memory, course, error);
    bool ok = plan;
    *again = false;
    if (ok && plan->count) {
        const struct apply_options applying = {
            .target = course->stage->target,
            .settings = options->settings,
            .log = options->log,
            .cancel = options->cancel,
            .mode = APPLY_FOR_REAL,
            .strictness = APPLY_REMAINING,
            .selection = options->selection,
            .application = options->application,
            .person = options->person,
            .host = options->host,
            .on_event = options->listener.on_event,
            .listener = options->listener.argument,
        };
        trace_skip(plan, "a rehearsal measures nothing");
        ok = make_roles(course, plan, error) && apply_run(memory, plan, &applying, &result, error);
        failed = take_result(course, plan, result);
    } else if (ok) {
        course->rehearsal->remaining = plan->remaining;
    }
    if (!ok && failed && failed->file->is_transactional && error_is_sqlstate(error, "42501")) {
        error_clear(error);
        ok = *again = replay(course, failed->file, error);
    }
    if (!ok && failed)
        course->rehearsal->failed_version = talloc_strdup(course->rehearsal, failed->file->version);
    talloc_free(memory);
    return ok;
}

/* What stands in the copy is nobody's: a migration that stopped midway has failed, and no more. */
static bool explain(const struct course *course, struct error *error)
{
    if (error->code == ERROR_CANCELLED || !course->rehearsal->failed_version)
        return false;
    if (error->code == ERROR_INCOMPLETE || error->code == ERROR_UNKNOWN_OUTCOME)
        error->code = ERROR_STATEMENT;
    return error_hint(error,
                      "It failed in a copy, which is gone: nothing has changed on the target. Mend %s, then "
                      "rehearse again.",
                      error->file ? error->file : "the file");
}

static bool apply_pending(struct course *course, struct error *error)
{
    bool again = true;
    tell_step(course, REHEARSAL_APPLYING);
    while (again)
        if (!apply_once(course, &again, error))
            return explain(course, error);
    return true;
}

/* ---- the tests ---- */

static char *join(TALLOC_CTX *owner, const char *const *words)
{
    char *text = talloc_strdup(owner, words[0]);
    for (size_t i = 1; words[i]; i++)
        text = talloc_asprintf_append_buffer(text, " %s", words[i]);
    return text;
}

static void hear_line(void *argument, const char *line)
{
    struct course *course = argument;
    const struct rehearsal_listener *listener = &course->options->listener;
    char *text = target_redact(NULL, course->stage->target, line);
    if (listener->on_line)
        listener->on_line(listener->argument, text);
    talloc_free(text);
}

static bool run_tests(struct course *course, struct error *error)
{
    const struct rehearsal_options *options = course->options;
    struct rehearsal *rehearsal = course->rehearsal;
    struct rehearsal_outcome outcome;
    if (!options->command)
        return true;
    tell_step(course, REHEARSAL_TESTING);
    const struct rehearsal_program program = {
        .words = options->command,
        .directory = settings_directory(options->settings),
        .environment =
            program_environment(course->memory, options->settings, options->environment, course->stage->target),
        .cancel = options->cancel,
        .on_line = hear_line,
        .listener = course,
    };
    if (!program_run(course->memory, &program, &outcome, error))
        return false;
    rehearsal->command = join(rehearsal, options->command);
    rehearsal->exit_status = outcome.exit_status;
    rehearsal->signal_number = outcome.signal_number;
    rehearsal->duration_ms = outcome.duration_ms;
    rehearsal->tail = target_redact(rehearsal, course->stage->target, outcome.tail);
    rehearsal->verdict = outcome.exit_status ? REHEARSAL_TESTS_FAILED : REHEARSAL_HELD;
    return true;
}

static bool run(struct course *course, struct error *error)
{
    struct rehearsal *rehearsal = course->rehearsal;
    if (!make_copy(course, error))
        return false;
    ping(course, &rehearsal->before);
    if (!apply_pending(course, error))
        return false;
    ping(course, &rehearsal->after);
    if (!rehearsal->after.problem)
        return run_tests(course, error);
    return error_set(error, ERROR_CONNECTION, "the copy does not answer after the apply: %s", rehearsal->after.problem);
}

bool rehearsal_run(TALLOC_CTX *owner, const struct rehearsal_options *options, const struct rehearsal **rehearsal,
                   struct error *error)
{
    struct course course = {.memory = talloc_new(NULL), .options = options};
    *rehearsal = course.rehearsal = talloc_zero(owner, struct rehearsal);
    if (!course.memory || !course.rehearsal)
        abort();
    course.rehearsal->warnings = copy_texts(course.rehearsal, (const char *const[]){NULL});
    bool ok = run(&course, error);
    talloc_free(course.pool);
    talloc_free(course.stage);
    talloc_free(course.memory);
    return ok;
}
