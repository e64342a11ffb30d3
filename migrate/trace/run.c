/* See run.h. A file's statements are run each in a transaction of its own: only there pg_locks tells the locks of one
 * statement from those of the ones before it. A file of several statements that runs in one transaction is run so
 * first, and rolled back: what fails only there (a new label of an enum that is used at once) is found, and what runs
 * only there (a cursor, a table that goes with the transaction) has facts all the same. */
#include "migrate/trace/run.h"

#include "migrate/step.h"
#include "migrate/trace/watch.h"

extern const char sql_trace_settings[];

/* What is run, in order; hooks come behind each. */
struct entry {
    enum { ENTRY_BEGIN, ENTRY_STATEMENT, ENTRY_END, ENTRY_MARK, ENTRY_OUTSIDE, ENTRY_UNSEEN } role;
    size_t statement; /* index in the file */
};

struct trace_setting {
    const char *name, *value;
};
struct set_values {
    struct trace_setting *items;
    size_t count;
};

struct course {
    TALLOC_CTX *owner;  /* of the facts */
    TALLOC_CTX *memory; /* of this file */
    const struct trace_copy *copy;
    const struct plan_step *step;
    struct facts *facts;
    struct entry *entries;
    struct statement_list list; /* of the entries */
    struct scratch_findings findings;
    struct trace_relations base, before;
    struct trace_objects base_objects, objects;
    enum { MANNER_APART, MANNER_TOGETHER } manner;
    struct set_values settings;
    struct trace_watch *watch;
    bool has_base;
    size_t first;     /* the statement to begin with; those before it have run */
    bool *is_outside; /* of each statement: it refused to run in a transaction */
    size_t at;        /* the entry whose hook ran last */
};

/* ---- what is run ---- */

static void add_entry(struct course *course, int role, size_t index, const struct statement *statement)
{
    size_t count = course->list.count++;
    course->entries = talloc_realloc(course->memory, course->entries, struct entry, (unsigned)count + 1);
    course->list.items = talloc_realloc(course->memory, course->list.items, struct statement, (unsigned)count + 1);
    course->entries[count] = (struct entry){.statement = index};
    memcpy(&course->entries[count].role, &role, sizeof role);
    course->list.items[count] = *statement;
}

static struct statement word_of(const struct statement *like, const char *text, enum statement_kind kind)
{
    return (struct statement){
        .text = text, .size_bytes = strlen(text), .line = like->line, .column = like->column, .kind = kind};
}

/* A time limit of the file's own would hit what is asked between its statements, too. */
static bool is_timeout(TALLOC_CTX *memory, const struct statement *statement)
{
    const char *words[3] = {"", "", ""};
    if (statement->kind != STATEMENT_SET || statement_words(memory, statement, words, 3) < 2)
        return false;
    return !strcmp(words[1], "STATEMENT_TIMEOUT") || !strcmp(words[2], "STATEMENT_TIMEOUT") ||
           !strcmp(words[1], "TRANSACTION_TIMEOUT") || !strcmp(words[2], "TRANSACTION_TIMEOUT");
}

/* As it is run: SET LOCAL would end with its statement's own transaction. */
static struct statement lasting(struct course *course, const struct statement *statement)
{
    struct statement result = *statement;
    const char *words[2];
    if (is_timeout(course->memory, statement))
        return word_of(statement, "SELECT", STATEMENT_OTHER);
    if (statement->kind != STATEMENT_SET || statement_words(course->memory, statement, words, 2) < 2 ||
        strcmp(words[0], "SET") != 0 || strcmp(words[1], "LOCAL") != 0)
        return result;
    char *text = talloc_strndup(course->memory, statement->text, statement->size_bytes);
    char *local = strcasestr(text, "local");
    memcpy(local, "     ", strlen("local"));
    result.text = text;
    return result;
}

static void add_apart(struct course *course, size_t index)
{
    const struct statement *statement = &course->step->file->statements.items[index];
    struct statement begin = word_of(statement, "BEGIN", STATEMENT_BEGIN);
    struct statement end = word_of(statement, "COMMIT", STATEMENT_COMMIT);
    struct statement body = lasting(course, statement);
    add_entry(course, ENTRY_BEGIN, index, &begin);
    add_entry(course, ENTRY_STATEMENT, index, &body);
    add_entry(course, ENTRY_END, index, &end);
}

static void add_outside(struct course *course, size_t index)
{
    const struct statement *statement = &course->step->file->statements.items[index];
    struct statement mark = word_of(statement, "SELECT", STATEMENT_OTHER);
    add_entry(course, ENTRY_MARK, index, &mark);
    add_entry(course, ENTRY_OUTSIDE, index, statement);
}

static void add_transactional(struct course *course)
{
    for (size_t i = course->step->first_statement; i < course->step->file->statements.count; i++)
        add_apart(course, i);
}

/* What has run before is not run again, but what it has set holds on. */
static void add_unseen(struct course *course, size_t index)
{
    const struct statement *statement = &course->step->file->statements.items[index];
    if (statement->kind == STATEMENT_SET)
        add_entry(course, ENTRY_UNSEEN, index, statement);
}

static void add_steps(struct course *course)
{
    size_t count;
    const struct step *steps = step_list(course->memory, course->step->file, &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = steps[i].first; j < steps[i].first + steps[i].count; j++) {
            if (j < course->step->first_statement)
                continue;
            if (j < course->first)
                add_unseen(course, j);
            else if (steps[i].kind == STEP_AUTOCOMMIT || course->is_outside[j])
                add_outside(course, j);
            else
                add_apart(course, j);
        }
    }
}

static void add_limited(struct course *course, size_t index, const struct statement *statement)
{
    struct statement mute = word_of(statement, "SELECT", STATEMENT_OTHER);
    add_entry(course, ENTRY_STATEMENT, index, is_timeout(course->memory, statement) ? &mute : statement);
}

static void add_together(struct course *course)
{
    const struct statement_list *statements = &course->step->file->statements;
    size_t first = course->step->first_statement;
    struct statement begin = word_of(&statements->items[first], "BEGIN", STATEMENT_BEGIN);
    struct statement end = word_of(&statements->items[statements->count - 1], "ROLLBACK", STATEMENT_ROLLBACK);
    add_entry(course, ENTRY_BEGIN, first, &begin);
    for (size_t i = first; i < statements->count; i++)
        add_limited(course, i, &statements->items[i]);
    add_entry(course, ENTRY_END, statements->count - 1, &end);
}

/* ---- settings that outlive a statement ---- */

static bool read_session(TALLOC_CTX *owner, struct connection *connection, struct set_values *session,
                         struct error *error)
{
    static const struct column columns[] = {COLUMN(struct trace_setting, name), COLUMN(struct trace_setting, value)};
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql_trace_settings);
    if (!result)
        return false;
    session->items = result_bind(result, columns, countof(columns), sizeof *session->items, &session->count, error);
    return session->items != NULL;
}

static const char *setting_of(const struct set_values *session, const char *name)
{
    for (size_t i = 0; i < session->count; i++)
        if (!strcmp(session->items[i].name, name))
            return session->items[i].value;
    return NULL;
}

static bool is_local(TALLOC_CTX *memory, const struct statement *statement)
{
    const char *words[2];
    return statement_words(memory, statement, words, 2) == 2 && !strcmp(words[0], "SET") && !strcmp(words[1], "LOCAL");
}

static const char *const *changed_settings(struct course *course, const struct set_values *now)
{
    const char **lines = NULL;
    size_t count = 0;
    for (size_t i = 0; i < now->count; i++) {
        const char *old = setting_of(&course->settings, now->items[i].name);
        if (old && !strcmp(old, now->items[i].value))
            continue;
        lines = talloc_realloc(course->owner, lines, const char *, (unsigned)count + 2);
        lines[count++] = talloc_asprintf(lines, "%s = %s", now->items[i].name, now->items[i].value);
        lines[count] = NULL;
    }
    return lines;
}

/* SET LOCAL in a trigger or a function holds for the rest of the file's transaction, here for that of the statement. */
static bool note_local_settings(struct course *course, size_t index, struct connection *connection, struct error *error)
{
    struct set_values now = {0};
    if (course->manner != MANNER_APART)
        return true;
    if (!read_session(course->memory, connection, &now, error))
        return false;
    course->facts[index].settings = changed_settings(course, &now);
    return true;
}

static bool note_settings(struct course *course, size_t index, struct connection *connection, struct error *error)
{
    struct set_values now = {0};
    if (!read_session(course->memory, connection, &now, error))
        return false;
    const char *const *lines = changed_settings(course, &now);
    const struct statement *statement = &course->step->file->statements.items[index];
    course->settings = now;
    if (lines)
        course->facts[index].settings = lines;
    if (is_timeout(course->memory, statement)) {
        const char **limit = talloc_zero_array(course->owner, const char *, 2);
        limit[0] = "statement_timeout, a limit of its own";
        course->facts[index].settings = limit;
    }
    if (is_local(course->memory, statement))
        course->facts[index].settings = NULL;
    return true;
}

/* ---- hooks ---- */

static bool read_base(struct course *course, struct connection *connection, struct error *error)
{
    int pid = connection_backend_pid(connection);
    if (course->has_base)
        return true;
    course->has_base = true;
    if (!trace_read_relations(course->memory, connection, pid, &course->base, error) ||
        !trace_read_objects(course->memory, connection, &course->base_objects, error))
        return false;
    course->objects = course->base_objects;
    return read_session(course->memory, connection, &course->settings, error);
}

static bool note_facts(struct course *course, const struct entry *entry, struct connection *connection,
                       struct error *error)
{
    struct trace_relations after;
    struct trace_objects objects;
    struct trace_seen seen = {
        .statement = &course->step->file->statements.items[entry->statement],
        .base = &course->base,
        .before = &course->before,
        .after = &after,
        .objects_base = &course->base_objects,
        .objects_before = &course->objects,
        .objects_after = &objects,
        .from = entry->role == ENTRY_OUTSIDE        ? SEEN_OUTSIDE
                : course->manner == MANNER_TOGETHER ? SEEN_TOGETHER
                                                    : SEEN_INSIDE,
    };
    if (course->watch)
        seen.sightings = watch_stop(course->watch, &seen.sighting_count);
    if (!trace_read_relations(course->memory, connection, connection_backend_pid(connection), &after, error) ||
        !trace_read_objects(course->memory, connection, &objects, error))
        return false;
    /* To a savepoint belongs nothing; ROLLBACK TO takes back what is no loss. */
    if (seen.statement->kind == STATEMENT_SAVEPOINT)
        course->facts[entry->statement] = (struct facts){.source = FACTS_MEASURED, .sqlstate = ""};
    else
        course->facts[entry->statement] = *trace_facts(course->owner, &seen);
    TALLOC_FREE(course->watch);
    course->objects = objects;
    course->before = after;
    return true;
}

static bool after(void *argument, struct connection *connection, size_t index, struct error *error)
{
    struct course *course = argument;
    const struct entry *entry = &course->entries[index];
    int pid = connection_backend_pid(connection);
    course->at = index;
    switch (entry->role) {
    case ENTRY_BEGIN:
        return read_base(course, connection, error) &&
               trace_read_relations(course->memory, connection, pid, &course->before, error);
    case ENTRY_MARK:
        if (!read_base(course, connection, error) ||
            !trace_read_relations(course->memory, connection, pid, &course->before, error))
            return false;
        course->watch = watch_start(course->memory, course->copy->database, pid, &course->before, error);
        return course->watch != NULL;
    case ENTRY_STATEMENT:
        return note_facts(course, entry, connection, error) &&
               note_local_settings(course, entry->statement, connection, error);
    case ENTRY_OUTSIDE:
        return note_facts(course, entry, connection, error);
    case ENTRY_UNSEEN:
        return true;
    case ENTRY_END:
        break;
    }
    return note_settings(course, entry->statement, connection, error);
}

/* ---- the whole ---- */

void trace_unknown(TALLOC_CTX *owner, struct facts *facts, const char *reason)
{
    *facts = (struct facts){.source = FACTS_UNKNOWN, .reason = talloc_strdup(owner, reason), .sqlstate = ""};
}

/* What scratch passed over has a finding of its line. BEGIN and COMMIT of the file's own do nothing by themselves. */
static void explain(struct course *course, size_t index)
{
    const struct statement *statement = &course->step->file->statements.items[index];
    int line = statement->line;
    if (statement->kind == STATEMENT_BEGIN || statement->kind == STATEMENT_COMMIT)
        course->facts[index].source = FACTS_MEASURED;
    for (size_t i = 0; i < course->findings.count; i++) {
        const struct scratch_finding *finding = &course->findings.items[i];
        if (finding->line == line && !course->facts[index].reason)
            course->facts[index].reason = talloc_strdup(course->owner, finding->message);
    }
    if (course->facts[index].source == FACTS_UNKNOWN && !course->facts[index].reason)
        course->facts[index].reason = "it was not run in the scratch copy";
}

static void fail_at(struct course *course, size_t index, const struct error *error)
{
    struct facts *facts = &course->facts[index];
    trace_unknown(course->owner, facts,
                  error->sqlstate[0] ? talloc_asprintf(course->memory, "the scratch copy refused it: %s: %s",
                                                       error->sqlstate, error->message)
                                     : talloc_asprintf(course->memory, "the scratch copy failed: %s", error->message));
    /* A copy of the database has another name; the target's is not refused. */
    const char *words[8];
    size_t word_count = statement_words(course->memory, &course->step->file->statements.items[index], words, 8);
    bool is_by_name = word_count > 2 && !strcmp(words[0], "REINDEX") && !strcmp(error->sqlstate, "0A000");
    facts->sqlstate = talloc_strdup(course->owner, error->sqlstate);
    facts->failure = is_by_name ? NULL : talloc_strdup(course->owner, error->message);
    int line = course->step->file->statements.items[index].line;
    for (size_t i = index + 1; i < course->step->file->statements.count; i++)
        trace_unknown(course->owner, &course->facts[i],
                      talloc_asprintf(course->memory, "the statement of line %d fails before it", line));
}

/* Runs the entries. *failed: the statement that stopped it, or the number of statements. */
static bool run_entries(struct course *course, size_t *failed, struct error *error)
{
    const struct scratch_run run = {
        .file = course->step->file->path,
        .statements = &course->list,
        .transaction = RUN_EACH,
        .first = course->copy->session,
        .after = after,
        .argument = course,
    };
    struct error *refusal = error_new(course->memory);
    course->at = 0;
    *failed = course->step->file->statements.count;
    bool ok =
        scratch_run(course->memory, course->copy->database, course->copy->connection, &run, &course->findings, refusal);
    TALLOC_FREE(course->watch);
    if (ok)
        return true;
    if (cancel_is_requested(connection_cancel(course->copy->connection))) {
        error_copy(error, refusal);
        return false;
    }
    size_t entry = refusal->statement > 0 ? (size_t)refusal->statement - 1 : course->at;
    *failed = course->entries[entry].statement;
    fail_at(course, *failed, refusal);
    return true;
}

static void clear(struct course *course)
{
    for (size_t i = 0; i < course->step->file->statements.count; i++)
        course->facts[i] = (struct facts){.source = FACTS_UNKNOWN, .sqlstate = ""};
    course->list.count = 0;
    course->findings = (struct scratch_findings){0};
    course->has_base = false;
    course->first = 0;
}

static bool has_savepoints(const struct migration_file *file)
{
    for (size_t i = 0; i < file->statements.count; i++)
        if (file->statements.items[i].kind == STATEMENT_SAVEPOINT)
            return true;
    return false;
}

/* In one transaction, rolled back. *failed as of run_entries. */
static bool run_together(struct course *course, size_t *failed, struct error *error)
{
    clear(course);
    course->manner = MANNER_TOGETHER;
    add_together(course);
    return run_entries(course, failed, error);
}

/* REINDEX of a partitioned table, a procedure that commits: no words tell, the server refuses them in a transaction,
 * and apply runs them outside then. */
static bool wants_outside(const struct course *course, size_t index)
{
    const char *sqlstate = course->facts[index].sqlstate;
    return !course->is_outside[index] && sqlstate && (!strcmp(sqlstate, "25001") || !strcmp(sqlstate, "2D000"));
}

static bool run_steps(struct course *course, size_t *failed, struct error *error)
{
    size_t count = course->step->file->statements.count;
    course->is_outside = talloc_zero_array(course->memory, bool, (unsigned)count + 1);
    for (;;) {
        course->list.count = 0;
        add_steps(course);
        if (!run_entries(course, failed, error))
            return false;
        if (*failed == count || !wants_outside(course, *failed))
            return true;
        course->first = *failed;
        course->is_outside[*failed] = true;
        for (size_t i = *failed; i < count; i++)
            course->facts[i] = (struct facts){.source = FACTS_UNKNOWN, .sqlstate = ""};
    }
}

static bool run_apart(struct course *course, size_t *failed, struct error *error)
{
    clear(course);
    course->manner = MANNER_APART;
    if (!course->step->file->is_transactional)
        return run_steps(course, failed, error);
    add_transactional(course);
    return run_entries(course, failed, error);
}

/* What ran only in the transaction of the whole keeps the facts of there. */
static void keep_together(struct course *course, const struct facts *together, size_t failed)
{
    for (size_t i = failed; i < course->step->file->statements.count; i++)
        course->facts[i] = together[i];
}

static bool run_both(struct course *course, enum trace_end *end, struct error *error)
{
    size_t count = course->step->file->statements.count, failed;
    bool is_several = course->step->file->is_transactional && count > course->step->first_statement + 1;
    *end = END_FAILED;
    if (is_several && !run_together(course, &failed, error))
        return false;
    if (is_several && failed < count)
        return true;
    *end = END_AS_ONE;
    if (is_several && has_savepoints(course->step->file))
        return true;
    struct facts *together = talloc_array(course->memory, struct facts, (unsigned)count + 1);
    memcpy(together, course->facts, count * sizeof *together);
    if (!run_apart(course, &failed, error))
        return false;
    *end = failed == count ? END_WHOLE : is_several ? END_AS_ONE : END_FAILED;
    if (is_several && failed < count)
        keep_together(course, together, failed);
    return true;
}

bool trace_run(TALLOC_CTX *owner, const struct trace_copy *copy, const struct plan_step *step, struct facts **facts,
               enum trace_end *end, struct error *error)
{
    size_t count = step->file->statements.count;
    struct course course = {.owner = owner, .memory = talloc_new(owner), .copy = copy, .step = step};
    course.facts = talloc_zero_array(owner, struct facts, (unsigned)count + 1);
    *end = END_WHOLE;
    clear(&course);
    bool ok = count == step->first_statement || run_both(&course, end, error);
    for (size_t i = step->first_statement; i < count; i++)
        if (course.facts[i].source == FACTS_UNKNOWN && !course.facts[i].reason)
            explain(&course, i);
    talloc_free(course.memory);
    *facts = course.facts;
    return ok;
}

bool trace_pass(TALLOC_CTX *owner, const struct trace_copy *copy, const struct migration_file *file,
                struct error *error)
{
    struct scratch_findings findings = {0};
    const struct scratch_run run = {
        .file = file->path,
        .statements = &file->statements,
        .transaction = file->is_transactional ? RUN_ONE_TRANSACTION : RUN_EACH,
        .first = copy->session,
    };
    return scratch_run(owner, copy->database, copy->connection, &run, &findings, error);
}
