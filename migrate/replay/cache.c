/* See cache.h. */
#include "migrate/replay/cache.h"

#include <jansson.h>
#include <sys/stat.h>

#include "store/digest.h"

#define STATES_MOST 24
#define BYTES_MOST (1LL << 30)

extern const char sql_replay_states[], sql_replay_surplus[];

/* ---- keys ---- */

static char *hash(TALLOC_CTX *owner, const char *text) { return digest_sha256(owner, text, strlen(text)); }

/* Which program made a state: another one may run the same files differently. */
static char *program(TALLOC_CTX *owner)
{
    struct stat status = {0};
    (void)stat("/proc/self/exe", &status);
    return talloc_asprintf(owner, PGDECK_VERSION " %lld %lld.%09ld", (long long)status.st_size,
                           (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

/* What all states of a project have in common. Texts end with a newline, which none of them holds. */
static char *base_key(TALLOC_CTX *owner, const struct scratch *scratch, const char *what)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    char *text = talloc_asprintf(memory, "%s\n%s\n%d\n%s\n%s\n%s\n", program(memory), what, scratch->server_version,
                                 settings_text(scratch->settings, SETTING_ledger), scratch->project_role,
                                 settings_text(scratch->settings, SETTING_search_path));
    char *key = hash(owner, text);
    talloc_free(memory);
    return key;
}

const char **cache_migration_keys(TALLOC_CTX *owner, const struct scratch *scratch, const struct directory *directory,
                                  size_t count, enum cache_run run)
{
    const char **keys = talloc_array(owner, const char *, (unsigned)count + 1);
    keys[0] = base_key(keys, scratch, run == CACHE_TWIN ? "migrations again" : "migrations");
    for (size_t i = 0; i < count; i++) {
        const struct migration_file *file = directory->files[i];
        char *text = talloc_asprintf(NULL, "%s\n%s\n%s\n%s\n%d\n", keys[i], file->path, file->version, file->checksum,
                                     file->is_transactional);
        keys[i + 1] = hash(keys, text);
        talloc_free(text);
    }
    return keys;
}

const char *cache_script_key(TALLOC_CTX *owner, const struct scratch *scratch, const struct script *script)
{
    char *base = base_key(NULL, scratch, "script");
    char *text = talloc_asprintf(base, "%s\n%s\n%s\n", base, script->path, script->checksum);
    char *key = hash(owner, text);
    talloc_free(base);
    return key;
}

/* ---- findings as text ---- */

static char *encode(TALLOC_CTX *owner, const struct scratch_findings *findings)
{
    json_t *list = json_array();
    for (size_t i = 0; i < findings->count; i++) {
        const struct scratch_finding *item = &findings->items[i];
        json_array_append_new(list, json_pack("{s:s, s:i, s:s, s:s, s:s?, s:b}", "file", item->file, "line", item->line,
                                              "sqlstate", item->sqlstate, "message", item->message, "hint", item->hint,
                                              "failed", item->what == SCRATCH_FAILED));
    }
    char *dumped = json_dumps(list, JSON_COMPACT);
    char *text = talloc_strdup(owner, dumped ? dumped : "[]");
    free(dumped);
    json_decref(list);
    return text;
}

static bool decode_one(struct scratch_finding *items, size_t at, json_t *value)
{
    const char *file, *sqlstate, *message;
    int line, failed;
    if (json_unpack(value, "{s:s, s:i, s:s, s:s, s:b}", "file", &file, "line", &line, "sqlstate", &sqlstate, "message",
                    &message, "failed", &failed) < 0)
        return false;
    const char *hint = json_string_value(json_object_get(value, "hint"));
    struct scratch_finding *finding = &items[at];
    *finding = (struct scratch_finding){.file = talloc_strdup(items, file), .line = line};
    finding->sqlstate = talloc_strdup(items, sqlstate);
    finding->message = talloc_strdup(items, message);
    finding->hint = hint ? talloc_strdup(items, hint) : NULL;
    if (failed)
        finding->what = SCRATCH_FAILED;
    else
        finding->what = SCRATCH_SKIPPED;
    return true;
}

static bool decode(TALLOC_CTX *owner, const char *text, struct scratch_findings *findings)
{
    json_t *list = json_loads(text, 0, NULL);
    size_t count = json_array_size(list);
    struct scratch_finding *items = talloc_array(owner, struct scratch_finding, (unsigned)count);
    bool ok = list;
    for (size_t i = 0; ok && i < count; i++)
        ok = decode_one(items, i, json_array_get(list, i));
    json_decref(list);
    *findings = (struct scratch_findings){items, ok ? count : 0};
    return ok;
}

/* ---- what can be installed ---- */

static bool has_failed(const struct scratch_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->items[i].what == SCRATCH_FAILED)
            return true;
    return false;
}

/* A state in which something was missing is worth nothing once that was installed. Asked for once: it reads a folder.
 */
static bool know_extensions(struct scratch *scratch, struct error *error)
{
    if (scratch->extensions)
        return true;
    struct result *result =
        admin_query(NULL, scratch, NO_PARAMETERS, error,
                    "SELECT pg_catalog.md5(pg_catalog.string_agg(name || ' ' || version, ',' ORDER BY name, version))"
                    " FROM pg_catalog.pg_available_extension_versions");
    if (!result)
        return false;
    scratch->extensions = talloc_strdup(scratch, result_value(result) ? result_value(result) : "");
    talloc_free(result);
    return true;
}

/* ---- finding ---- */

struct state {
    int64_t id;
    const char *key, *extensions, *findings;
};
static const struct column state_columns[] = {
    COLUMN(struct state, id),
    COLUMN(struct state, key),
    COLUMN(struct state, extensions),
    COLUMN(struct state, findings),
};

static size_t index_of(const struct state *state, const char *const *keys, size_t count)
{
    size_t i = 0;
    while (i < count && strcmp(keys[i], state->key) != 0)
        i++;
    return i;
}

/* Another process may be giving it up: then it is as if it were not there. */
static bool hold(TALLOC_CTX *owner, struct scratch *scratch, const struct state *state, struct cached *cached,
                 struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *id = registry_number(memory, state->id);
    struct result *lock = admin_query(memory, scratch, PARAMETERS(id), error,
                                      "SELECT pg_catalog.pg_try_advisory_lock_shared(2, $1::integer)");
    bool ok = lock;
    if (ok && *result_value(lock) == 't') {
        cached->database = registry_handle(owner, scratch, state->id, DATABASE_STATE);
        struct result *again = admin_query(memory, scratch, PARAMETERS(id, state->key), error,
                                           "UPDATE pgdeck.database SET used_at = pg_catalog.clock_timestamp()"
                                           " WHERE id = $1::integer AND kind = 'state' AND key = $2 RETURNING id");
        ok = again;
        if (!ok || result_row_count(again) == 0 || !decode(owner, state->findings, &cached->findings))
            TALLOC_FREE(cached->database);
    }
    talloc_free(memory);
    return ok;
}

static bool is_usable(struct scratch *scratch, const struct state *state, bool *is_it, struct error *error)
{
    *is_it = true;
    if (!state->extensions)
        return true;
    if (!know_extensions(scratch, error))
        return false;
    *is_it = !strcmp(state->extensions, scratch->extensions);
    return true;
}

/* An array's text; keys are hexadecimal. */
static char *array_of(TALLOC_CTX *owner, const char *const *keys, size_t count)
{
    char *text = talloc_strdup(owner, "{");
    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append_buffer(text, "%s%s", i ? "," : "", keys[i]);
    return talloc_strdup_append_buffer(text, "}");
}

/* The best of the states that were not tried yet; NULL: none. */
static struct state *best_of(struct state *states, size_t state_count, const char *const *keys, size_t count)
{
    struct state *best = NULL;
    size_t best_index = 0;
    for (size_t i = 0; i < state_count; i++) {
        size_t index = states[i].key ? index_of(&states[i], keys, count) : count;
        if (index < count && (!best || index > best_index)) {
            best = &states[i];
            best_index = index;
        }
    }
    return best;
}

bool cache_find(TALLOC_CTX *owner, struct scratch *scratch, const char *const *keys, size_t count,
                struct cached *cached, struct error *error)
{
    *cached = (struct cached){0};
    if (count == 0)
        return true;
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t state_count = 0;
    struct result *result = admin_query(memory, scratch, PARAMETERS(scratch->prefix, array_of(memory, keys, count)),
                                        error, sql_replay_states);
    struct state *states =
        result ? result_bind(result, state_columns, countof(state_columns), sizeof *states, &state_count, error) : NULL;
    bool ok = states;
    struct state *best;
    while (ok && !cached->database && (best = best_of(states, state_count, keys, count))) {
        bool is_it;
        cached->index = index_of(best, keys, count);
        ok = is_usable(scratch, best, &is_it, error) && (!is_it || hold(owner, scratch, best, cached, error));
        best->key = NULL;
    }
    talloc_free(memory);
    return ok;
}

/* ---- publishing ---- */

int64_t cache_size_bytes(struct scratch_database *database)
{
    struct error *ignored = error_new(NULL);
    struct result *result = admin_query(ignored, database->scratch, PARAMETERS(database->name), ignored,
                                        "SELECT pg_catalog.pg_database_size($1::name)");
    int64_t size_bytes = result ? strtoll(result_value(result), NULL, 10) : 0;
    talloc_free(ignored);
    return size_bytes;
}

/* Memory that others need, too: half of what is left, and of what the cache has already. */
static int64_t limit_bytes(const struct scratch *scratch, int64_t own_bytes)
{
    if (!scratch->cluster)
        return BYTES_MOST;
    int64_t room = (cluster_free_bytes(scratch->cluster) + own_bytes) / 2;
    return room < BYTES_MOST ? room : BYTES_MOST;
}

static bool give_up_surplus(struct scratch *scratch, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *result = admin_query(memory, scratch, NO_PARAMETERS, error,
                                        "SELECT coalesce(pg_catalog.sum(size_bytes), 0)::bigint, pg_catalog.count(*)"
                                        " FROM pgdeck.database WHERE kind = 'state'");
    bool ok = result;
    if (ok) {
        int64_t own_bytes = strtoll(result_cell(result, 0, 0), NULL, 10);
        const char *bytes = registry_number(memory, limit_bytes(scratch, own_bytes));
        const char *most = registry_number(memory, STATES_MOST);
        ok = registry_drop_unheld(scratch, DROP_SURPLUS, sql_replay_surplus, PARAMETERS(most, bytes), error);
    }
    talloc_free(memory);
    return ok;
}

/* One of the same key is taken out of the way; who reads it may go on. Another process may be at the same: then ours
 * stays private. */
static bool publish(struct scratch_database *database, const char *key, const char *findings, const char *extensions,
                    struct error *error)
{
    struct scratch *scratch = database->scratch;
    const char *id = registry_number(error, database->id);
    bool ok = admin_execute(scratch, PARAMETERS(key), error, "UPDATE pgdeck.database SET key = NULL WHERE key = $1") &&
              admin_execute(scratch, PARAMETERS(id, database->name, key, findings, extensions), error,
                            "UPDATE pgdeck.database AS d SET kind = 'state', key = $3, database_oid = p.oid,"
                            " size_bytes = pg_catalog.pg_database_size(p.oid), findings = $4, extensions = $5,"
                            " used_at = pg_catalog.clock_timestamp() FROM pg_catalog.pg_database AS p"
                            " WHERE d.id = $1::integer AND p.datname = $2");
    if (!ok)
        return false;
    database->kind = DATABASE_STATE;
    return admin_execute(scratch, PARAMETERS(id), error,
                         "SELECT pg_catalog.pg_advisory_lock_shared(2, $1::integer),"
                         " pg_catalog.pg_advisory_unlock(2, $1::integer)");
}

bool cache_publish(struct scratch_database *database, const char *key, const struct scratch_findings *findings,
                   struct error *error)
{
    struct scratch *scratch = database->scratch;
    TALLOC_CTX *memory = talloc_new(NULL);
    bool is_lacking = has_failed(findings);
    bool ok = registry_await_quiet(scratch, database->name, error) &&
              (!is_lacking || know_extensions(scratch, error)) &&
              publish(database, key, encode(memory, findings), is_lacking ? scratch->extensions : NULL, error) &&
              give_up_surplus(scratch, error);
    talloc_free(memory);
    if (!ok && error->code != ERROR_CANCELLED && !error->is_connection_lost) {
        error_clear(error);
        ok = true;
    }
    return ok;
}
