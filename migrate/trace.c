/* See trace.h. What is copied: trace/copy.c; how a file is run: trace/run.c; what is kept: trace/memo.c. */
#include "migrate/trace.h"

#include "migrate/trace/copy.h"
#include "migrate/trace/expect.h"
#include "migrate/trace/memo.h"
#include "migrate/trace/run.h"
#include "store/digest.h"
#include "store/sql.h"

extern const char sql_trace_session[];

#define TIMEOUT "30s" /* a statement that takes longer without rows is not measured */

/* ---- the target's session ---- */

struct trace_setting {
    const char *name, *value;
};

/* "$user" is whoever applies. */
static const char *with_user(TALLOC_CTX *owner, const char *path, const char *user)
{
    const char *at = strstr(path, "\"$user\"");
    if (!at)
        return path;
    return talloc_asprintf(owner, "%.*s%s%s", (int)(at - path), path, sql_identifier(owner, user),
                           at + strlen("\"$user\""));
}

static void add_setting(TALLOC_CTX *owner, struct query *query, const char *name, const char *value)
{
    int count = query->parameters.count;
    const char **values = (const char **)(uintptr_t)query->parameters.values;
    char *sql = talloc_asprintf(owner, "%s%s pg_catalog.set_config('%s', $%d, false)", query->sql, count ? "," : "",
                                name, count + 1);
    values = talloc_realloc(owner, values, const char *, (unsigned)count + 1);
    values[count] = value;
    query->sql = sql;
    query->parameters.count = count + 1;
    query->parameters.values = values;
}

/* One statement that makes a session of scratch like one of the target. `text`: what it sets, for the key. */
static bool read_session(TALLOC_CTX *owner, const struct plan *plan, struct connection *target,
                         const struct settings *settings, struct query *query, char **text, struct error *error)
{
    static const struct column columns[] = {COLUMN(struct trace_setting, name), COLUMN(struct trace_setting, value)};
    struct result *result = connection_query(owner, target, NO_PARAMETERS, error, sql_trace_session);
    size_t count = 0;
    const struct trace_setting *rows =
        result ? result_bind(result, columns, countof(columns), sizeof *rows, &count, error) : NULL;
    if (!rows)
        return false;
    *query = (struct query){.sql = "SELECT"};
    *text = talloc_strdup(owner, "");
    add_setting(owner, query, "statement_timeout", TIMEOUT);
    add_setting(owner, query, "max_parallel_maintenance_workers", "0"); /* workers count scans elsewhere */
    add_setting(owner, query, "max_parallel_workers_per_gather", "0");
    add_setting(owner, query, "pgdeck.role", plan->target.role); /* whose rights are those of scratch's owner */
    for (size_t i = 0; i < count; i++) {
        bool is_path = !strcmp(rows[i].name, "search_path");
        if (is_path && *settings_text(settings, SETTING_search_path))
            continue;
        const char *value = is_path ? with_user(owner, rows[i].value, plan->target.role) : rows[i].value;
        add_setting(owner, query, rows[i].name, value);
        *text = talloc_asprintf_append_buffer(*text, "%s=%s\n", rows[i].name, value);
    }
    return true;
}

/* ---- the plan ---- */

static const char *key_of(TALLOC_CTX *owner, const struct copy *copy, const struct plan *plan, const char *session)
{
    char *text = talloc_asprintf(NULL, "%s\n%s", copy->key, session);
    for (size_t i = 0; i < plan->count; i++)
        text = talloc_asprintf_append_buffer(text, "%s %s %zu %d\n", plan->steps[i].file->version,
                                             plan->steps[i].file->checksum, plan->steps[i].first_statement,
                                             plan->steps[i].file->is_transactional);
    const char *key = digest_sha256(owner, text, strlen(text));
    talloc_free(text);
    return key;
}

struct measuring {
    TALLOC_CTX *memory;
    struct plan *plan;
    struct copy *copy;
    const struct query *session;
    const struct trace_options *options;
    struct expect *expect;
};

static void skip_step(struct plan *plan, struct plan_step *step, const char *reason)
{
    struct facts *facts = talloc_zero_array(plan, struct facts, (unsigned)step->file->statements.count + 1);
    for (size_t i = 0; i < step->file->statements.count; i++)
        trace_unknown(facts, &facts[i], reason);
    step->facts = facts;
    step->expected = NULL;
}

void trace_skip(struct plan *plan, const char *reason)
{
    for (size_t i = 0; i < plan->count; i++)
        skip_step(plan, &plan->steps[i], reason);
}

/* A new copy, and in it the files up to `count`, each as it is: behind one that its single statements could not stand
 * for. *is_whole: it could be made. Errors: ERROR_CANCELLED. */
static bool begin_again(struct measuring *measuring, size_t count, bool *is_whole, struct error *error)
{
    struct copy *copy = measuring->copy;
    struct error *refusal = error_new(measuring->memory);
    TALLOC_FREE(copy->connection);
    TALLOC_FREE(copy->database);
    if (!copy_make(measuring->memory, copy, measuring->options, error))
        return false;
    const struct trace_copy running = {copy->database, copy->connection, measuring->session};
    *is_whole = copy->database;
    for (size_t i = 0; *is_whole && i < count; i++)
        *is_whole = measuring->plan->steps[i].first_statement == 0 &&
                    trace_pass(measuring->memory, &running, measuring->plan->steps[i].file, refusal);
    if (!cancel_is_requested(measuring->options->cancel))
        return true;
    return error_set(error, ERROR_CANCELLED, "measuring was cancelled");
}

static bool measure_step(struct measuring *measuring, size_t index, bool *is_whole, struct error *error)
{
    const struct trace_copy running = {measuring->copy->database, measuring->copy->connection, measuring->session};
    struct plan_step *step = &measuring->plan->steps[index];
    struct facts *facts;
    enum trace_end end;
    if (!trace_run(measuring->plan, &running, step, &facts, &end, error))
        return false;
    step->facts = facts;
    *is_whole = end == END_WHOLE;
    bool is_last = index + 1 == measuring->plan->count;
    if (end == END_AS_ONE && !is_last && !begin_again(measuring, index + 1, is_whole, error))
        return false;
    expect_after(measuring->expect, measuring->plan, index, *is_whole ? EXPECT_STANDS : EXPECT_ROLLED_BACK);
    return true;
}

static bool measure_steps(struct measuring *measuring, struct error *error)
{
    struct plan *plan = measuring->plan;
    const struct trace_options *options = measuring->options;
    bool is_whole = true;
    const char *stopped = NULL;
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_step *step = &plan->steps[i];
        if (!is_whole) {
            skip_step(plan, step, talloc_asprintf(plan, "%s, before it, could not be run whole", stopped));
            continue;
        }
        if (options->on_progress)
            options->on_progress(options->listener, i, plan->count, step->file->name);
        if (!measure_step(measuring, i, &is_whole, error))
            return false;
        stopped = step->file->path;
    }
    return true;
}

static bool measure(TALLOC_CTX *memory, struct copy *copy, struct plan *plan, struct connection *target,
                    const struct trace_options *options, struct error *error)
{
    struct query session;
    char *text;
    if (!read_session(memory, plan, target, options->settings, &session, &text, error) ||
        !copy_open(memory, copy, plan, target, options, error))
        return false;
    const char *key = copy->scratch ? key_of(memory, copy, plan, text) : NULL;
    if (key && memo_find(copy, key, plan))
        return true;
    if (copy->scratch && !copy_make(memory, copy, options, error))
        return false;
    if (!copy->database) {
        trace_skip(plan, copy->trace->reason ? copy->trace->reason : "no scratch copy of the target's schema");
        return true;
    }
    struct measuring measuring = {memory, plan, copy, &session, options, expect_new(memory, copy)};
    if (!measure_steps(&measuring, error))
        return false;
    memo_put(copy, key, plan);
    return true;
}

struct trace *trace_plan(TALLOC_CTX *owner, struct plan *plan, struct connection *connection,
                         const struct trace_options *options, struct error *error)
{
    struct trace *trace = talloc_zero(owner, struct trace);
    struct copy copy = {.trace = trace};
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = plan->count == 0 || measure(memory, &copy, plan, connection, options, error);
    talloc_free(copy.connection);
    talloc_free(memory);
    if (ok)
        return trace;
    talloc_free(trace);
    return NULL;
}
