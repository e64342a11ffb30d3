/* See make.h. The schema is the script from an empty database of the same server to what the migrations made: what a
 * new database has of itself is not in it. */
#include "migrate/baseline/make.h"

#include <inttypes.h>

#include "migrate/baseline/script.h"
#include "migrate/ledger.h"

extern const char sql_acts_on_rows[], sql_named_roles[];

struct making {
    const struct make_source *source;
    struct make_result *result;
    struct script_source script;
    const char **warnings;
    size_t warning_count;
    struct error *error;
};

static void warn(struct making *making, const char *text)
{
    making->warnings =
        talloc_realloc(making->result, making->warnings, const char *, (unsigned)making->warning_count + 2);
    making->warnings[making->warning_count++] = text;
    making->warnings[making->warning_count] = NULL;
}

/* ---- what cannot be in the script ---- */

static bool check_findings(struct making *making)
{
    const struct mirror *migrations = making->source->migrations;
    for (size_t i = 0; i < migrations->finding_count; i++) {
        const struct mirror_finding *finding = &migrations->findings[i];
        if (finding->what == MIRROR_SKIPPED) {
            warn(making, talloc_asprintf(making->result, "%s:%d: not in the script: %s", finding->file, finding->line,
                                         finding->message));
            continue;
        }
        error_set(making->error, ERROR_REFUSED, "what the migrations leave is not known whole: %s", finding->message);
        error_place(making->error, finding->file, finding->line, finding->column);
        return error_hint(making->error, "%s", finding->hint ? finding->hint : "Make the statement run in scratch.");
    }
    return true;
}

static bool check_kinds(struct making *making)
{
    const struct snapshot *snapshot = making->source->migrations->snapshot;
    char *text = talloc_strdup(making->result, "");
    for (size_t i = 0; i < snapshot->not_modelled_count; i++) {
        const struct snapshot_count *one = &snapshot->not_modelled[i];
        text = talloc_asprintf_append_buffer(text, "%s%s (%" PRId64 ", such as %s)", i ? ", " : "", one->what,
                                             one->count, one->example);
    }
    if (!*text)
        return true;
    error_set(making->error, ERROR_REFUSED, "the migrations make what pgdeck does not model and cannot write: %s",
              text);
    return error_hint(making->error, "Write the init script by hand; `pgdeck baseline` compares all the rest of it.");
}

/* ---- the pieces ---- */

static bool read_empty(struct making *making, struct diff **diff)
{
    const struct make_source *source = making->source;
    const struct snapshot_options reading = {.settings = source->settings};
    const struct diff_options options = {.privileges = PRIVILEGES_COMPARED};
    struct scratch_database *database =
        scratch_create(making->result, source->migrations->scratch, source->cancel, making->error);
    struct connection *connection =
        database ? scratch_connect(making->result, database, SCRATCH_OWNER, source->cancel, making->error) : NULL;
    struct snapshot *empty = connection ? snapshot_take(making->result, connection, &reading, making->error) : NULL;
    talloc_free(connection);
    talloc_free(database);
    *diff = empty ? diff_make(making->result, empty, source->migrations->snapshot, &options) : NULL;
    return *diff != NULL;
}

static const char *oid_array(TALLOC_CTX *owner, const struct row_set *rows)
{
    char *text = talloc_strdup(owner, "{");
    for (size_t i = 0; i < rows->count; i++)
        text = talloc_asprintf_append_buffer(text, "%s%" PRId64, i ? "," : "", rows->tables[i].oid);
    return talloc_strdup_append_buffer(text, "}");
}

static bool bind_actors(struct making *making, struct result *result)
{
    static const struct column columns[] = {
        COLUMN(struct script_actor, what),
        COLUMN(struct script_actor, class_id),
        COLUMN(struct script_actor, object_id),
    };
    making->script.actors = result_bind(result, columns, countof(columns), sizeof *making->script.actors,
                                        &making->script.actor_count, making->error);
    return making->script.actors != NULL;
}

static bool bind_roles(struct making *making, struct result *result)
{
    static const struct column columns[] = {COLUMN(struct script_role, name), COLUMN(struct script_role, quoted)};
    making->script.roles = result_bind(result, columns, countof(columns), sizeof *making->script.roles,
                                       &making->script.role_count, making->error);
    return making->script.roles != NULL;
}

/* The ledger's name as PostgreSQL quotes it. */
static bool take_ledger(struct making *making, const struct result *result, const struct ledger_names *names)
{
    making->script.ledger = result_cell(result, 0, 0);
    const char *quoted = result_cell(result, 0, 1);
    bool is_made =
        !strcmp(names->schema, "public") || snapshot_find(making->source->migrations->snapshot, KIND_schema, quoted);
    making->script.ledger_schema = is_made ? NULL : quoted;
    return true;
}

static bool ask(struct making *making, struct connection *connection, const char **role)
{
    enum { ACTORS, ROLES, LEDGER, ROLE, COUNT };
    TALLOC_CTX *memory = making->result;
    struct ledger_names names;
    if (!ledger_names(memory, settings_text(making->source->settings, SETTING_ledger), &names, making->error))
        return false;
    const char *oids = oid_array(memory, making->source->evidence->one->rows);
    struct query queries[COUNT] = {
        [ACTORS] = {.sql = sql_acts_on_rows, .parameters = PARAMETERS(oids)},
        [ROLES] = {.sql = sql_named_roles},
        [LEDGER] = {.sql = "SELECT pg_catalog.format('%I.%I', $1::text, $2::text), pg_catalog.quote_ident($1::text)",
                    .parameters = PARAMETERS(names.schema, names.ledger)},
        [ROLE] = {.sql = "SELECT session_user::text"},
    };
    if (!connection_pipeline(memory, connection, queries, COUNT, NULL, making->error))
        return false;
    *role = result_value(queries[ROLE].result);
    return rows_read_fillings(making->source->evidence->one->rows, connection, making->error) &&
           bind_actors(making, queries[ACTORS].result) && bind_roles(making, queries[ROLES].result) &&
           take_ledger(making, queries[LEDGER].result, &names);
}

/* Tables as the schema makes them. */
static const char *const *table_order(struct making *making)
{
    const struct emit_script *schema = making->script.schema;
    const char **tables = talloc_zero_array(making->result, const char *, (unsigned)schema->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < schema->count; i++) {
        const struct object *object = diff_item_result(schema->statements[i].item);
        bool is_new = object && object->kind == kinds[KIND_table] && schema->statements[i].step == STEP_CREATE;
        if (is_new && (!count || strcmp(tables[count - 1], object->identity) != 0))
            tables[count++] = object->identity;
    }
    return tables;
}

/* Those that a script must set: what they do of themselves depends on how its rows are written. */
static const struct sequence_state *const *set_sequences(struct making *making)
{
    const struct migrations_evidence *evidence = making->source->evidence;
    const struct sequence_set *all = evidence->one->sequences;
    const struct sequence_state **result =
        talloc_zero_array(making->result, const struct sequence_state *, (unsigned)all->count + 1);
    for (size_t i = 0, count = 0; i < all->count; i++) {
        const struct sequence_state *state = &all->items[i];
        const struct sequence_state *twin =
            evidence->twin ? sequences_find(evidence->twin->sequences, state->identity) : state;
        bool is_steady = twin && twin->last_value == state->last_value && twin->is_called == state->is_called;
        if (is_steady && !sequences_is_fresh(state))
            result[count++] = state;
    }
    return result;
}

static void write_text(struct making *making, struct diff *diff, const char *role)
{
    const struct make_source *source = making->source;
    making->script.settings = source->settings;
    making->script.directory = source->migrations->directory;
    making->script.diff = diff;
    making->script.schema = emit_script(making->result, diff, ORDER_BY_TABLE);
    const struct data_source data = {
        .rows = source->evidence->one->rows,
        .volatility = source->evidence->volatility,
        .tables = table_order(making),
        .role = role,
        .server_version = source->migrations->snapshot->server_version,
    };
    making->script.data = data_write(making->result, &data);
    making->script.sequences = set_sequences(making);
    for (const char *const *warning = making->script.data->warnings; *warning; warning++)
        warn(making, *warning);
    making->result->text = script_text(making->result, &making->script);
    making->result->warnings = making->warnings;
}

struct make_result *make_script(TALLOC_CTX *owner, const struct make_source *source, struct error *error)
{
    struct make_result *result = talloc_zero(owner, struct make_result);
    struct making making = {.source = source, .result = result, .error = error};
    making.warnings = talloc_zero_array(result, const char *, 1);
    struct connection *connection = NULL;
    struct diff *diff;
    const char *role;
    bool ok = check_findings(&making) && check_kinds(&making) &&
              (connection = scratch_connect(result, source->migrations->replay->database, SCRATCH_OWNER, source->cancel,
                                            error)) &&
              ask(&making, connection, &role) && read_empty(&making, &diff);
    talloc_free(connection);
    if (ok) {
        write_text(&making, diff, role);
        return result;
    }
    talloc_free(result);
    return NULL;
}
