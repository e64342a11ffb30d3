/* See copy.h. */
#include "migrate/trace/copy.h"

#include "migrate/canonical.h"
#include "migrate/emit.h"
#include "migrate/replay.h"
#include "migrate/replay/build.h"
#include "migrate/replay/cache.h"
#include "store/digest.h"

#define SCRIPT_NAME "the target's schema"

/* ---- the key ---- */

static void add_text(char **text, const char *value)
{
    *text = talloc_asprintf_append_buffer(*text, "%s%s\n", value ? "=" : "-", value ? value : "");
}

static void add_object(char **text, const struct object *object)
{
    add_text(text, object->kind->name);
    add_text(text, object->identity);
    for (size_t i = 0; i < object->kind->field_count; i++)
        add_text(text, field_value(object, &object->kind->fields[i]));
}

static const char *digest_of(TALLOC_CTX *owner, const struct snapshot *snapshot)
{
    char *text = talloc_asprintf(NULL, "%d\n", snapshot->server_version / 10000);
    for (size_t i = 0; i < snapshot->count; i++)
        add_object(&text, snapshot->objects[i]);
    const char *digest = digest_sha256(owner, text, strlen(text));
    talloc_free(text);
    return digest;
}

/* How many files from the first are applied, where no later one is. */
static size_t applied_of(const struct status *status, const struct directory *directory)
{
    size_t first = 0, all = 0;
    for (size_t i = 0; i < status->count; i++) {
        const struct migration *migration = &status->migrations[i];
        if (!migration->row && !migration->step_count)
            continue;
        all++;
        if (first < directory->count && migration->file == directory->files[first] && migration->row)
            first++;
    }
    return first == all ? first : SIZE_MAX;
}

static void add_key(TALLOC_CTX *owner, struct copy *copy, const struct trace_options *options)
{
    size_t count = copy->applied_count == SIZE_MAX ? 0 : copy->applied_count;
    const char **keys = cache_migration_keys(NULL, copy->scratch, options->directory, count, CACHE_FIRST);
    const char *live = copy->live ? digest_of(keys, copy->live) : "replay";
    char *text = talloc_asprintf(keys, "trace 4\n%s\n%s\n%d\n", keys[count], live, copy->applied_count == SIZE_MAX);
    copy->key = digest_sha256(owner, text, strlen(text));
    talloc_free(keys);
}

/* ---- warnings ---- */

static void warn(struct trace *trace, const char *text)
{
    size_t count = 0;
    while (trace->warnings && trace->warnings[count])
        count++;
    const char **lines = (const char **)(uintptr_t)trace->warnings;
    lines = talloc_realloc(trace, lines, const char *, (unsigned)count + 2);
    lines[count] = talloc_strdup(lines, text);
    lines[count + 1] = NULL;
    trace->warnings = lines;
}

static void give_reason(struct trace *trace, const char *what, struct error *error)
{
    trace->reason = talloc_asprintf(trace, "%s: %s", what, error->message);
    error_clear(error);
}

bool copy_open(TALLOC_CTX *owner, struct copy *copy, const struct plan *plan, struct connection *target,
               const struct trace_options *options, struct error *error)
{
    const struct snapshot_options reading = {.settings = options->settings};
    if (options->of == TRACE_OF_TARGET && !(copy->live = snapshot_take(owner, target, &reading, error)))
        return false;
    copy->applied_count = applied_of(plan->status, options->directory);
    struct error *refusal = error_new(owner);
    copy->scratch =
        scratch_open(owner, options->settings, plan->target.server_version / 10000, options->cancel, refusal);
    if (copy->scratch && scratch_version_note(copy->scratch))
        warn(copy->trace, scratch_version_note(copy->scratch));
    if (copy->scratch) {
        add_key(owner, copy, options);
        return true;
    }
    if (cancel_is_requested(options->cancel)) {
        error_copy(error, refusal);
        return false;
    }
    give_reason(copy->trace, "no scratch database", refusal);
    return true;
}

/* ---- the two ways ---- */

/* How many differences there are between the target and what a database holds; privileges are none. */
static bool count_differences(struct copy *copy, struct scratch_database *database, const struct trace_options *options,
                              size_t *count, const char **first, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct snapshot_options reading = {.settings = options->settings};
    const struct diff_options differing = {.privileges = PRIVILEGES_LEFT_OUT};
    struct connection *connection = scratch_connect(memory, database, SCRATCH_OWNER, options->cancel, error);
    struct snapshot *snapshot = connection ? snapshot_take(memory, connection, &reading, error) : NULL;
    talloc_free(connection);
    struct diff *diff = snapshot ? diff_make(memory, snapshot, copy->live, &differing) : NULL;
    if (diff && diff->change_count > 0)
        diff = canonical_diff(memory, copy->scratch, snapshot, copy->live, &differing, options->cancel, error);
    if (diff) {
        *count = diff->change_count;
        *first = diff->change_count
                     ? talloc_asprintf(copy->trace, "%s %s", diff->changes[0].kind->title, diff->changes[0].name)
                     : NULL;
    }
    talloc_free(memory);
    return diff;
}

static struct replay *replay_applied(TALLOC_CTX *owner, struct copy *copy, const struct trace_options *options,
                                     struct error *error)
{
    const struct replay_options replaying = {.cancel = options->cancel};
    size_t count = 0;
    const char *first = NULL;
    if (copy->applied_count == SIZE_MAX) {
        error_set(error, ERROR_REFUSED, "the applied migrations are not the first ones");
        return NULL;
    }
    struct replay *replay =
        replay_migrations(owner, copy->scratch, options->directory, copy->applied_count, &replaying, error);
    if (!replay && error->file)
        error_prefix(error, "the applied migrations do not run in an empty database: %s, line %d", error->file,
                     error->line);
    else if (!replay)
        error_prefix(error, "the applied migrations do not run in an empty database");
    if (!replay || (copy->live && !count_differences(copy, replay->database, options, &count, &first, error))) {
        talloc_free(replay);
        return NULL;
    }
    if (!count)
        return replay;
    talloc_free(replay);
    if (!copy->applied_count)
        error_set(error, ERROR_REFUSED, "no migration is recorded as applied, and the target is not empty (%s%s)",
                  first, count == 1 ? "" : " ...");
    else
        error_set(error, ERROR_REFUSED,
                  "the live schema is not that of the applied migrations (%zu difference%s: %s%s)", count,
                  count == 1 ? "" : "s", first, count == 1 ? "" : " ...");
    return NULL;
}

/* What every new database holds. */
static struct snapshot *read_empty(TALLOC_CTX *owner, const struct copy *copy, const struct trace_options *options,
                                   struct error *error)
{
    const struct snapshot_options reading = {.settings = options->settings};
    struct scratch_database *database = scratch_create(owner, copy->scratch, options->cancel, error);
    struct connection *connection =
        database ? scratch_connect(owner, database, SCRATCH_OWNER, options->cancel, error) : NULL;
    struct snapshot *snapshot = connection ? snapshot_take(owner, connection, &reading, error) : NULL;
    talloc_free(connection);
    talloc_free(database);
    return snapshot;
}

static struct script *live_script(TALLOC_CTX *owner, const struct copy *copy, const struct trace_options *options,
                                  struct error *error)
{
    struct script *script = talloc_zero(owner, struct script);
    const struct diff_options differing = {.privileges = PRIVILEGES_COMPARED};
    struct snapshot *empty = read_empty(script, copy, options, error);
    bool ok = empty;
    if (ok) {
        struct diff *diff = diff_make(script, empty, copy->live, &differing);
        struct emit_script *emitted = emit_script(script, diff, ORDER_BY_KIND);
        script->path = SCRIPT_NAME;
        script->text = talloc_asprintf(script, "SET check_function_bodies = off;\n%s", emit_text(script, emitted));
        script->size_bytes = strlen(script->text);
        script->checksum = digest_sha256(script, script->text, script->size_bytes);
        ok = statement_split(script, SCRIPT_NAME, script->text, script->size_bytes, METAS_REFUSED, &script->statements,
                             error);
    }
    if (ok)
        return script;
    talloc_free(script);
    return NULL;
}

static void tell_losses(struct copy *copy, const struct replay *replay, size_t differences, const char *first)
{
    for (size_t i = 0; i < replay->findings.count; i++)
        if (replay->findings.items[i].what == SCRATCH_FAILED)
            warn(copy->trace, talloc_asprintf(copy->trace, "the scratch copy lacks a part of the target's schema: %s",
                                              replay->findings.items[i].message));
    if (differences)
        warn(copy->trace,
             talloc_asprintf(copy->trace, "the scratch copy differs from the target (%zu: %s)", differences, first));
}

static struct replay *replay_live(TALLOC_CTX *owner, struct copy *copy, const struct trace_options *options,
                                  struct error *error)
{
    const struct replay_options replaying = {.cancel = options->cancel};
    size_t count = 0;
    const char *first = NULL;
    struct script *script = live_script(owner, copy, options, error);
    struct replay *replay = script ? replay_script(owner, copy->scratch, script, &replaying, error) : NULL;
    if (!replay || !count_differences(copy, replay->database, options, &count, &first, error))
        return NULL;
    tell_losses(copy, replay, count, first);
    return replay;
}

/* The better one, else the other. NULL: neither; `error` is set only where it was cancelled. */
static struct replay *make_original(TALLOC_CTX *owner, struct copy *copy, const struct trace_options *options,
                                    struct error *error)
{
    struct error *refusal = error_new(owner);
    struct replay *replay = replay_applied(owner, copy, options, refusal);
    if (replay)
        copy->trace->source = "migrations";
    if (!replay && copy->live && !cancel_is_requested(options->cancel)) {
        copy->trace->reason = talloc_strdup(copy->trace, refusal->message);
        error_clear(refusal);
        replay = replay_live(owner, copy, options, refusal);
        if (replay)
            copy->trace->source = "live";
    }
    if (!replay && cancel_is_requested(options->cancel))
        error_copy(error, refusal);
    else if (!replay)
        give_reason(copy->trace, "no scratch copy of the target's schema", refusal);
    return replay;
}

bool copy_make(TALLOC_CTX *owner, struct copy *copy, const struct trace_options *options, struct error *error)
{
    struct replay *original = make_original(owner, copy, options, error);
    if (!original)
        return !error_is_set(error);
    const struct replay_options replaying = {.cancel = options->cancel};
    struct error *refusal = error_new(owner);
    struct scratch_database *database =
        scratch_copy(owner, copy->scratch ? original->database : NULL, options->cancel, refusal);
    struct build build = build_new(owner, copy->scratch, &replaying, refusal);
    build.replay->database = database;
    if (database && build_open(&build)) {
        copy->database = database;
        copy->connection = build.connection;
        return true;
    }
    if (cancel_is_requested(options->cancel))
        error_copy(error, refusal);
    else
        give_reason(copy->trace, "no scratch copy of the target's schema", refusal);
    return !error_is_set(error);
}
