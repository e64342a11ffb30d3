/* A file outside a transaction, in three runs. As it is, in the database of the proof. A second time behind that, to
 * stay: where it changes something the database is spoiled, and made anew. And in a copy of what was there before it,
 * stopped behind each of its steps and resumed in a new session, as an apply does it: that one run holds every single
 * interruption. Values may be others in another run, so that only the schema and the numbers of rows are compared. */
#include <inttypes.h>

#include "migrate/apply/check.h"
#include "migrate/diff.h"
#include "migrate/scratch/private.h"
#include "migrate/step.h"
#include "migrate/twice/closely.h"
#include "migrate/twice/prover.h"

/* One file, proved. */
struct stepwise {
    struct prover *prover;
    TALLOC_CTX *memory;
    const struct migration_file *file;
    struct findings *findings;
    struct step *steps;
    size_t step_count;
    struct scratch_database *copy; /* of what stood before the file; NULL: it has a single step */
    struct close_step *whole;      /* behind each statement of the first run */
    size_t whole_count;
    struct connection *connection; /* into the copy */
    bool has_temporary;
};

/* ---- looks ---- */

static bool read_state(struct stepwise *stepwise, struct connection *connection, size_t statement,
                       struct close_step *step, struct error *error)
{
    const struct snapshot_options options = {.settings = stepwise->prover->options->settings};
    struct look_files *files = talloc_zero(stepwise->memory, struct look_files);
    struct look_glance all;
    *step = (struct close_step){.statement = statement, .files = files};
    step->snapshot = snapshot_take(stepwise->memory, connection, &options, error);
    return step->snapshot && look_files(stepwise->memory, connection, files, error) &&
           look_all(stepwise->memory, connection, LOOK_EVERYTHING, &all, error) &&
           look_state(stepwise->memory, connection, &all, LOOK_WITHIN, &step->state, error) &&
           look_sequences(stepwise->memory, connection, &all, &step->sequences, error);
}

/* In the file's session, which goes on as it was. */
static bool look(struct stepwise *stepwise, struct connection *connection, size_t statement, struct close_step *step,
                 struct error *error)
{
    return connection_execute(connection, NO_PARAMETERS, error, "BEGIN") && look_begin(connection, error) &&
           read_state(stepwise, connection, statement, step, error) &&
           connection_execute(connection, NO_PARAMETERS, error, "ROLLBACK");
}

static bool look_and_keep(struct stepwise *stepwise, struct connection *connection, size_t statement,
                          struct close_step **steps, size_t *count, struct error *error)
{
    struct close_step step;
    if (connection_state(connection) != STATE_IDLE) /* inside a block of the file's own */
        return true;
    if (!look(stepwise, connection, statement, &step, error))
        return false;
    *steps = talloc_realloc(stepwise->memory, *steps, struct close_step, (unsigned)*count + 1);
    (*steps)[(*count)++] = step;
    return true;
}

static bool is_statement_fault(const struct stepwise *stepwise, const struct error *error)
{
    return error->sqlstate[0] && !prover_is_ended(stepwise->prover, error);
}

/* ---- the first run ---- */

static bool look_after_whole(void *argument, struct connection *connection, size_t statement, struct error *error)
{
    struct stepwise *stepwise = argument;
    return look_and_keep(stepwise, connection, statement, &stepwise->whole, &stepwise->whole_count, error);
}

static bool make_copy(struct stepwise *stepwise)
{
    struct prover *prover = stepwise->prover;
    if (stepwise->step_count < 2)
        return true;
    build_close(&prover->build);
    stepwise->copy =
        scratch_copy(stepwise->memory, prover->build.replay->database, prover->options->cancel, prover->error);
    return stepwise->copy && build_open(&prover->build);
}

static bool run_whole(struct stepwise *stepwise)
{
    const struct build_hooks hooks = {.after = look_after_whole, .argument = stepwise};
    return prover_run_next(stepwise->prover, stepwise->step_count > 1 ? &hooks : NULL);
}

/* ---- the second run ---- */

struct second {
    struct stepwise *stepwise;
    struct close_evidence evidence;
    size_t first; /* statement of the file that the run begins with */
    size_t again; /* how many statements of the run stand before that: settings, made again */
};

static bool look_after_second(void *argument, struct connection *connection, size_t statement, struct error *error)
{
    struct second *second = argument;
    if (statement < second->again)
        return true;
    return look_and_keep(second->stepwise, connection, second->first + statement - second->again,
                         &second->evidence.steps, &second->evidence.step_count, error);
}

/* The settings that were made before `first`, then what stands from there up to `end`. */
static struct statement_list part_of(struct stepwise *stepwise, size_t first, size_t end, size_t *again)
{
    const struct statement_list *all = &stepwise->file->statements;
    struct statement_list part = {talloc_array(stepwise->memory, struct statement, (unsigned)all->count + 1), 0};
    for (size_t i = 0; i < first; i++)
        if (all->items[i].kind == STATEMENT_SET)
            part.items[part.count++] = all->items[i];
    *again = part.count;
    for (size_t i = first; i < end; i++)
        part.items[part.count++] = all->items[i];
    return part;
}

static void note_refusal(struct second *second, size_t statement, const struct error *error)
{
    struct close_evidence *evidence = &second->evidence;
    TALLOC_CTX *memory = second->stepwise->memory;
    evidence->refusals =
        talloc_realloc(memory, evidence->refusals, struct close_refusal, (unsigned)evidence->refusal_count + 1);
    evidence->refusals[evidence->refusal_count++] = (struct close_refusal){
        statement, talloc_strdup(memory, error->sqlstate), talloc_strdup(memory, error->message)};
}

/* The step that a statement is a part of. */
static const struct step *step_of(const struct stepwise *stepwise, size_t statement)
{
    size_t i = 0;
    while (i + 1 < stepwise->step_count && (size_t)stepwise->steps[i + 1].number - 1 <= statement)
        i++;
    return &stepwise->steps[i];
}

static size_t end_of(const struct stepwise *stepwise, const struct step *step)
{
    return step + 1 < stepwise->steps + stepwise->step_count ? (size_t)step[1].number - 1
                                                             : stepwise->file->statements.count;
}

/* What is refused is passed over with its step, and the rest is run. */
static bool run_second(struct second *second)
{
    struct stepwise *stepwise = second->stepwise;
    struct prover *prover = stepwise->prover;
    size_t count = stepwise->file->statements.count;
    while (second->first < count) {
        struct statement_list part = part_of(stepwise, second->first, count, &second->again);
        struct scratch_findings passed_over = prover->build.replay->findings;
        const struct scratch_run run = {.file = stepwise->file->path,
                                        .statements = &part,
                                        .transaction = RUN_EACH,
                                        .after = look_after_second,
                                        .argument = second};
        if (scratch_run(stepwise->memory, prover->build.replay->database, prover->build.connection, &run, &passed_over,
                        prover->error))
            return true;
        size_t failed = prover->error->statement > 0 ? (size_t)prover->error->statement - 1 : part.count;
        if (!is_statement_fault(stepwise, prover->error) || failed >= part.count || failed < second->again)
            return false;
        size_t statement = second->first + failed - second->again;
        note_refusal(second, statement, prover->error);
        error_clear(prover->error);
        second->first = end_of(stepwise, step_of(stepwise, statement));
    }
    return true;
}

static bool prove_second(struct stepwise *stepwise)
{
    struct second second = {.stepwise = stepwise, .evidence = {.file = stepwise->file}};
    struct close_step before;
    struct prover *prover = stepwise->prover;
    size_t known = stepwise->findings->count;
    if (!look(stepwise, prover->build.connection, 0, &before, prover->error) || !run_second(&second))
        return false;
    second.evidence.snapshot = before.snapshot;
    second.evidence.files = *before.files;
    second.evidence.state = before.state;
    second.evidence.sequences = before.sequences;
    closely_judge(&second.evidence, stepwise->findings);
    if (stepwise->findings->count > known) {
        prover_drop(prover);
        return true;
    }
    struct look_glance all;
    return look_all(stepwise->memory, prover->build.connection, LOOK_SEQUENCES, &all, prover->error) &&
           prover_restore_sequences(prover, &all);
}

/* ---- the interrupted run ---- */

static bool note_temporary(void *argument, struct connection *connection, size_t statement UNUSED, struct error *error)
{
    static const char sql[] = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t WHERE t.relnamespace = "
                              "pg_catalog.pg_my_temp_schema())";
    struct stepwise *stepwise = argument;
    struct result *result = connection_query(NULL, connection, NO_PARAMETERS, error, sql);
    stepwise->has_temporary = result && *result_value(result) == 't';
    talloc_free(result);
    return result != NULL;
}

static bool run_step(struct stepwise *stepwise, const struct step *step, size_t *failed, struct error *error)
{
    size_t first = (size_t)step->number - 1, again;
    struct statement_list part = part_of(stepwise, first, end_of(stepwise, step), &again);
    struct scratch_findings passed_over = stepwise->prover->build.replay->findings;
    const struct scratch_run run = {.file = stepwise->file->path,
                                    .statements = &part,
                                    .transaction = RUN_EACH,
                                    .after = note_temporary,
                                    .argument = stepwise};
    if (scratch_run(stepwise->memory, stepwise->copy, stepwise->connection, &run, &passed_over, error))
        return true;
    size_t at = error->statement > 0 ? (size_t)error->statement - 1 : again;
    *failed = first + (at > again ? at - again : 0);
    return false;
}

static void find(struct stepwise *stepwise, size_t statement, const char *object, const char *message)
{
    findings_add(stepwise->findings, stepwise->file, statement, TWICE_INTERRUPTED, object, message);
}

static const struct close_step *whole_behind(const struct stepwise *stepwise, size_t statement)
{
    for (size_t i = 0; i < stepwise->whole_count; i++)
        if (stepwise->whole[i].statement == statement)
            return &stepwise->whole[i];
    return NULL;
}

static const struct look_rows *rows_of_name(const struct look_state *state, const char *name)
{
    for (size_t i = 0; i < state->table_count; i++)
        if (!strcmp(state->tables[i].name, name))
            return &state->tables[i];
    return NULL;
}

/* Finds what the copy has come to otherwise than the uninterrupted run. */
static void compare(struct stepwise *stepwise, const struct close_step *whole, const struct close_step *resumed)
{
    static const struct diff_options everything = {.privileges = PRIVILEGES_COMPARED};
    const struct diff *diff = diff_make(stepwise->memory, whole->snapshot, resumed->snapshot, &everything);
    for (size_t i = 0; i < diff->change_count; i++)
        find(stepwise, resumed->statement, diff->changes[i].name,
             talloc_asprintf(stepwise->memory,
                             "after an interruption the statement comes to something else: the %s %s is not the same",
                             diff->changes[i].kind->title, diff->changes[i].name));
    for (size_t i = 0; i < whole->state.table_count; i++) {
        const struct look_rows *rows = &whole->state.tables[i];
        const struct look_rows *other = rows_of_name(&resumed->state, rows->name);
        if (other && other->total != rows->total)
            find(stepwise, resumed->statement, rows->name,
                 talloc_asprintf(stepwise->memory,
                                 "after an interruption the statement leaves %" PRId64
                                 " rows in %s, without one %" PRId64,
                                 other->total, rows->name, rows->total));
    }
}

/* A session as the step at hand begins with it; and back to one that reads. */
static bool enter(struct stepwise *stepwise, const struct step *step, struct error *error)
{
    const char *path = settings_text(stepwise->prover->options->settings, SETTING_search_path);
    struct connection *connection = stepwise->connection;
    bool ok = *path ? connection_execute(connection, PARAMETERS(path), error,
                                         "SELECT pg_catalog.set_config('search_path', $1, false)")
                    : connection_execute(connection, NO_PARAMETERS, error, "RESET search_path");
    for (size_t i = 0; ok && i + 1 < (size_t)step->number; i++) {
        const struct statement *statement = &stepwise->file->statements.items[i];
        if (statement->kind == STATEMENT_SET)
            ok = connection_execute(connection, NO_PARAMETERS, error,
                                    talloc_strndup(stepwise->memory, statement->text, statement->size_bytes));
    }
    return ok;
}

static bool leave(struct stepwise *stepwise, struct error *error)
{
    struct query queries[1 + SERVER_SESSION_MOST] = {{.sql = "DISCARD ALL"}};
    size_t count = 1 + server_session(queries + 1);
    return connection_pipeline(stepwise->memory, stepwise->connection, queries, count, NULL, error);
}

static bool ask_before(struct stepwise *stepwise, const struct step *step, const char **before, struct error *error)
{
    const struct statement *statement = &stepwise->file->statements.items[step->first];
    return enter(stepwise, step, error) &&
           check_before(stepwise->memory, stepwise->connection, statement, before, error) && leave(stepwise, error);
}

/* An intended step without a result: the catalog is asked whether it stands, and an apply may run it again. */
static bool judge_check(struct stepwise *stepwise, const struct step *step, const char *before, struct error *error)
{
    struct check check;
    size_t failed = 0;
    const struct statement *statement = &stepwise->file->statements.items[step->first];
    if (!enter(stepwise, step, error) ||
        !check_after(stepwise->memory, stepwise->connection, statement, before, &check, error) ||
        !leave(stepwise, error))
        return false;
    if (check.outcome == CHECK_UNKNOWN)
        find(stepwise, step->first, NULL,
             "a run that is stopped inside the statement cannot be resumed: nobody can tell whether it took effect");
    if (check.outcome != CHECK_NOTHING || run_step(stepwise, step, &failed, error))
        return true;
    if (!is_statement_fault(stepwise, error))
        return false;
    find(stepwise, failed, NULL,
         talloc_asprintf(stepwise->memory, "it cannot be run again after an interruption: %s", error->message));
    error_clear(error);
    return true;
}

/* Runs one step in a session of its own. *goes_on: the next one can follow. */
static bool resume_step(struct stepwise *stepwise, const struct step *step, bool *goes_on)
{
    struct error *error = stepwise->prover->error;
    struct close_step resumed;
    const char *before = NULL;
    size_t failed = 0, end = end_of(stepwise, step), known = stepwise->findings->count;
    bool is_autocommit = step->kind == STEP_AUTOCOMMIT;
    if (is_autocommit && !ask_before(stepwise, step, &before, error))
        return false;
    if (!run_step(stepwise, step, &failed, error)) {
        if (!is_statement_fault(stepwise, error))
            return false;
        find(stepwise, failed, NULL,
             talloc_asprintf(stepwise->memory, "it is refused when the file is resumed: %s", error->message));
        error_clear(error);
        *goes_on = false;
        return true;
    }
    if (stepwise->has_temporary && end < stepwise->file->statements.count) {
        find(
            stepwise, (size_t)step->number - 1, NULL,
            "a run that is stopped behind the statement cannot be resumed: its temporary objects are gone with the session");
        *goes_on = false;
        return true;
    }
    const struct close_step *whole = whole_behind(stepwise, end - 1);
    *goes_on = true;
    if (is_autocommit && !judge_check(stepwise, step, before, error))
        return false;
    if (!whole)
        return true;
    if (!look(stepwise, stepwise->connection, end - 1, &resumed, error))
        return false;
    compare(stepwise, whole, &resumed);
    *goes_on = stepwise->findings->count == known;
    return true;
}

static bool prove_interrupted(struct stepwise *stepwise)
{
    struct prover *prover = stepwise->prover;
    bool ok = true, goes_on = true;
    if (!stepwise->copy)
        return true;
    stepwise->connection =
        scratch_connect(stepwise->memory, stepwise->copy, SCRATCH_OWNER, prover->options->cancel, prover->error);
    for (size_t i = 0; ok && goes_on && i < stepwise->step_count; i++)
        ok = resume_step(stepwise, &stepwise->steps[i], &goes_on);
    TALLOC_FREE(stepwise->connection);
    return ok;
}

bool stepwise_prove(struct prover *prover, const struct migration_file *file, struct findings *findings)
{
    struct stepwise stepwise = {
        .prover = prover, .memory = talloc_new(prover->memory), .file = file, .findings = findings};
    size_t first = findings->count;
    stepwise.steps = step_list(stepwise.memory, file, &stepwise.step_count);
    bool ok = make_copy(&stepwise) && run_whole(&stepwise) && prove_interrupted(&stepwise) && prove_second(&stepwise);
    if (ok)
        findings_sort(findings, first);
    talloc_free(stepwise.memory);
    return ok;
}
