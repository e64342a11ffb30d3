/* See prover.h: the database that the files are run in. */
#include "migrate/twice/prover.h"

#include <inttypes.h>

#include "migrate/replay/cache.h"
#include "migrate/scratch/private.h"

/* ---- sequences ---- */

static struct look_sequence *known(struct prover *prover, int64_t oid)
{
    for (size_t i = 0; i < prover->sequences.count; i++)
        if (prover->sequences.items[i].oid == oid)
            return &prover->sequences.items[i];
    struct look_sequences *all = &prover->sequences;
    all->items = talloc_realloc(prover->build.replay, all->items, struct look_sequence, (unsigned)all->count + 1);
    all->items[all->count] = (struct look_sequence){.oid = oid, .name = ""};
    return &all->items[all->count++];
}

static bool take_on(struct prover *prover, const struct look_glance *glance)
{
    struct look_sequences now;
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = look_sequences(memory, prover->build.connection, glance, &now, prover->error);
    for (size_t i = 0; ok && i < now.count; i++) {
        struct look_sequence *sequence = known(prover, now.items[i].oid);
        sequence->last_value = now.items[i].last_value;
        sequence->is_called = now.items[i].is_called;
        if (strcmp(sequence->name, now.items[i].name) != 0)
            sequence->name = talloc_strdup(prover->build.replay, now.items[i].name);
    }
    talloc_free(memory);
    return ok;
}

bool prover_read_sequences(struct prover *prover)
{
    struct look_glance all;
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = look_all(memory, prover->build.connection, LOOK_SEQUENCES, &all, prover->error) && take_on(prover, &all);
    talloc_free(memory);
    return ok;
}

bool prover_restore_sequences(struct prover *prover, const struct look_glance *glance)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct query *queries = talloc_zero_array(memory, struct query, (unsigned)glance->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < glance->count; i++) {
        const struct look_sequence *before = look_find_sequence(&prover->sequences, glance->relations[i].oid);
        if (before)
            queries[count++].sql =
                talloc_asprintf(memory, "SELECT pg_catalog.setval(%" PRId64 "::oid::regclass, %" PRId64 ", %s)",
                                before->oid, before->last_value, before->is_called ? "true" : "false");
    }
    bool ok = count == 0 || connection_pipeline(memory, prover->build.connection, queries, count, NULL, prover->error);
    talloc_free(memory);
    return ok;
}

/* ---- the database ---- */

void prover_drop(struct prover *prover)
{
    build_close(&prover->build);
    TALLOC_FREE(prover->build.replay);
    prover->sequences = (struct look_sequences){0};
    prover->done = 0;
}

static bool begin(struct prover *prover, size_t count)
{
    struct cached cached = {0};
    struct cancel *cancel = prover->options->cancel;
    TALLOC_CTX *memory = talloc_new(prover->memory);
    prover->build = build_new(prover->memory, prover->scratch, prover->replaying, prover->error);
    struct build *build = &prover->build;
    const char *const *keys = (const char *const *)cache_migration_keys(memory, prover->scratch, prover->directory,
                                                                        prover->directory->count, CACHE_FIRST);
    connection_set_cancel(prover->scratch->admin, cancel);
    bool ok = cache_find(build->replay, prover->scratch, keys, count + 1, &cached, prover->error);
    connection_set_cancel(prover->scratch->admin, NULL);
    if (ok && cached.database) {
        build->replay->database = scratch_copy(build->replay, cached.database, cancel, prover->error);
        prover->done = build->replay->database ? cached.index : 0;
        build->replay->findings = cached.findings;
        talloc_free(cached.database);
        ok = build->replay->database || prover->error->code == ERROR_REFUSED; /* somebody goes on reading it */
    }
    if (ok && !build->replay->database) {
        error_clear(prover->error);
        build->replay->findings = (struct scratch_findings){0};
        build->replay->database = scratch_create(build->replay, prover->scratch, cancel, prover->error);
    }
    talloc_free(memory);
    return ok && build->replay->database && build_open(build) && prover_read_sequences(prover);
}

/* ---- the first run ---- */

struct first {
    TALLOC_CTX *memory;
    struct look_glance glance;
};

static bool note_sequences(void *argument, struct connection *connection, struct error *error)
{
    struct first *first = argument;
    return look_touched(first->memory, connection, &first->glance, error);
}

bool prover_run_next(struct prover *prover, const struct build_hooks *hooks)
{
    const struct migration_file *file = prover->directory->files[prover->done];
    struct first first = {.memory = talloc_new(prover->memory)};
    const struct build_hooks own = {.before_commit = note_sequences, .argument = &first};
    bool ok = build_run_file(&prover->build, file, file->is_transactional ? &own : hooks);
    prover->has_failed = !ok;
    ok = ok && (file->is_transactional ? take_on(prover, &first.glance) : prover_read_sequences(prover));
    talloc_free(first.memory);
    prover->done += ok ? 1 : 0;
    return ok;
}

/* ---- the cache ---- */

#define SMALL_BYTES (64LL << 20)

static bool is_kept(struct prover *prover, const char *const *key, bool *is_it)
{
    struct cached cached = {0};
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = cache_find(memory, prover->scratch, key, 1, &cached, prover->error);
    *is_it = cached.database;
    talloc_free(memory);
    return ok;
}

bool prover_keep_state(struct prover *prover)
{
    struct build *build = &prover->build;
    struct scratch_database *state = build->replay->database;
    TALLOC_CTX *memory = talloc_new(prover->memory);
    const char **keys = cache_migration_keys(memory, prover->scratch, prover->directory, prover->done, CACHE_FIRST);
    bool is_it = false, ok = is_kept(prover, (const char *const *)&keys[prover->done], &is_it);
    if (ok && !is_it && cache_size_bytes(state) < SMALL_BYTES) {
        build_close(build);
        ok = cache_publish(state, keys[prover->done], &build->replay->findings, prover->error);
        if (ok && state->kind == DATABASE_STATE) {
            build->replay->database = scratch_copy(build->replay, state, prover->options->cancel, prover->error);
            talloc_free(state);
        }
        ok = ok && build->replay->database && build_open(build);
    }
    talloc_free(memory);
    return ok;
}

bool prover_advance(struct prover *prover, size_t count)
{
    if (prover->build.replay && prover->done > count)
        prover_drop(prover);
    bool ok = prover->build.replay || begin(prover, count);
    while (ok && prover->done < count)
        ok = prover_run_next(prover, NULL);
    return ok;
}
