/* Recognises the ledger: its own shape, or one that another tool made. One cheap query brings the columns; what they
 * mean is decided here. See ledger.h. */
#include "migrate/ledger.h"

#include "store/sql.h"

extern const char sql_ledger_find[];

#define NAME_BYTES 63 /* source: NAMEDATALEN - 1 of every packaged server */

/* Types by their oid, which no server changes. Source: pg_type.dat. */
enum type_oid {
    TYPE_BIGINT = 20,
    TYPE_SMALLINT = 21,
    TYPE_INTEGER = 23,
    TYPE_TEXT = 25,
    TYPE_CHARACTER = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_DATE = 1082,
    TYPE_TIMESTAMP = 1114,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_NUMERIC = 1700,
};

/* A row of ledger_find.sql. */
struct fact {
    bool has_schema, is_not_null, is_filled, is_generated;
    int64_t oid, journal_oid, type, modifier;
    const char *kind, *name;
};

struct facts {
    const struct fact *items;
    size_t count;
};

/* Takes any text of ours: a file's name has at most 255 bytes; the modifier is the length and four more. */
static bool is_text(const struct fact *fact)
{
    bool is_wide = fact->modifier == -1 || fact->modifier >= 255 + 4;
    return !fact->is_generated && (fact->type == TYPE_TEXT || (fact->type == TYPE_VARCHAR && is_wide));
}

static bool is_integer(const struct fact *fact)
{
    return !fact->is_generated && (fact->type == TYPE_BIGINT || fact->type == TYPE_INTEGER);
}

static bool is_version(const struct fact *fact)
{
    static const int64_t types[] = {TYPE_TEXT,    TYPE_VARCHAR,  TYPE_CHARACTER, TYPE_BIGINT,
                                    TYPE_INTEGER, TYPE_SMALLINT, TYPE_NUMERIC};
    for (size_t i = 0; i < countof(types); i++)
        if (fact->type == types[i])
            return true;
    return false;
}

static bool is_timestamptz(const struct fact *fact) { return fact->type == TYPE_TIMESTAMPTZ; }

static const struct fact *find(const struct facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->count; i++)
        if (facts->items[i].name && !strcmp(facts->items[i].name, name))
            return &facts->items[i];
    return NULL;
}

static bool has(const struct facts *facts, const char *name, bool (*fits)(const struct fact *fact))
{
    const struct fact *fact = find(facts, name);
    return fact && fits(fact);
}

/* What a row gets in a time column of another tool that wants a value: the time it is applied. */
static const char *time_value(int64_t type)
{
    if (type == TYPE_TIMESTAMPTZ || type == TYPE_DATE)
        return "pg_catalog.now()";
    return type == TYPE_TIMESTAMP ? "(pg_catalog.now() AT TIME ZONE 'UTC')" : NULL;
}

/* Whether a new row has a value for the column, or needs none. */
static bool is_served(const struct ledger *ledger, const struct fact *fact)
{
    const struct {
        const char *name;
        bool is_brought;
    } ours[] = {
        {"description", ledger->has_description},
        {"checksum", ledger->has_checksum},
        {"applied_by", ledger->has_applied_by},
        {"run", ledger->has_run},
    };
    if (!strcmp(fact->name, "version"))
        return !fact->is_generated;
    for (size_t i = 0; i < countof(ours); i++)
        if (ours[i].is_brought && !strcmp(fact->name, ours[i].name))
            return true;
    return fact->is_filled || !fact->is_not_null;
}

/* Columns that demand a value which no parameter brings: times are filled in, the others are named in *unfillable. */
static void take_demands(struct ledger *ledger, const struct facts *facts, char **unfillable)
{
    char *columns = talloc_strdup(ledger, ""), *values = talloc_strdup(ledger, "");
    *unfillable = NULL;
    if (ledger->has_applied_by) {
        columns = talloc_strdup_append(columns, ", applied_by");
        values = talloc_strdup_append(values, ", session_user");
    }
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        if (!fact->name || is_served(ledger, fact))
            continue;
        char *name = sql_identifier(ledger, fact->name);
        const char *value = time_value(fact->type);
        if (value) {
            columns = talloc_asprintf_append(columns, ", %s", name);
            values = talloc_asprintf_append(values, ", %s", value);
        } else {
            *unfillable = *unfillable ? talloc_asprintf_append(*unfillable, ", %s", name) : talloc_strdup(ledger, name);
        }
    }
    ledger->more_columns = columns;
    ledger->more_values = values;
}

static bool is_own(const struct ledger *ledger, const struct facts *facts)
{
    const struct fact *version = find(facts, "version");
    return version && version->type == TYPE_TEXT && version->is_not_null && ledger->has_description &&
           ledger->has_checksum && ledger->has_applied_at && ledger->has_applied_by && ledger->has_duration_ms &&
           ledger->has_run;
}

/* Whether `version` alone is unique: asked only of another tool's table with this one column. */
static bool read_key(struct ledger *ledger, struct connection *connection, bool *has_key, struct error *error)
{
    struct result *result = connection_query(
        ledger, connection, PARAMETERS(ledger->table), error,
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = pg_catalog.to_regclass($1) AND i.indisunique)");
    *has_key = result && result_value(result)[0] == 't';
    return result != NULL;
}

static bool judge_other(struct ledger *ledger, struct connection *connection, const struct facts *facts,
                        const char *unfillable, struct error *error)
{
    bool has_key = true;
    if (facts->count == 1 && !read_key(ledger, connection, &has_key, error))
        return false;
    if (find(facts, "dirty") || !has_key) {
        ledger->shape = LEDGER_SINGLE_ROW;
        ledger->problem = talloc_asprintf(
            ledger, "%s holds one row of another tool (where it stands), not a list of versions", ledger->table);
        return true;
    }
    ledger->shape = LEDGER_LIST;
    if (unfillable)
        ledger->problem =
            talloc_asprintf(ledger, "%s has columns that pgdeck cannot fill: %s", ledger->table, unfillable);
    return true;
}

static bool judge_shape(struct ledger *ledger, struct connection *connection, const struct facts *facts,
                        struct error *error)
{
    const struct fact *first = &facts->items[0];
    char *unfillable;
    ledger->has_schema = first->has_schema;
    ledger->journal_oid = first->journal_oid;
    ledger->has_journal = first->journal_oid != 0;
    ledger->shape = LEDGER_ABSENT;
    if (first->oid == INTEGER_NULL)
        return true;
    ledger->oid = first->oid;
    ledger->has_description = has(facts, "description", is_text);
    ledger->has_checksum = has(facts, "checksum", is_text);
    ledger->has_applied_at = has(facts, "applied_at", is_timestamptz);
    ledger->has_applied_by = has(facts, "applied_by", is_text);
    ledger->has_duration_ms = has(facts, "duration_ms", is_integer);
    ledger->has_run = has(facts, "run", is_text);
    take_demands(ledger, facts, &unfillable);
    ledger->shape = LEDGER_UNFIT;
    if (*first->kind != 'r' && *first->kind != 'p')
        ledger->problem = talloc_asprintf(ledger, "%s is no table", ledger->table);
    else if (!has(facts, "version", is_version))
        ledger->problem =
            talloc_asprintf(ledger, "%s has no column \"version\" of a text or integer type", ledger->table);
    else if (is_own(ledger, facts))
        ledger->shape = LEDGER_OWN;
    else
        return judge_other(ledger, connection, facts, unfillable, error);
    return true;
}

/* schema_migrations -> schema_migration_events, anything -> anything_events. */
static char *journal_name(TALLOC_CTX *owner, const char *ledger_name)
{
    size_t size = strlen(ledger_name);
    bool is_plural = size > 10 && !strcmp(ledger_name + size - 10, "migrations");
    return talloc_asprintf(owner, "%.*s_events", (int)(is_plural ? size - 1 : size), ledger_name);
}

bool ledger_names(TALLOC_CTX *owner, const char *setting, struct ledger_names *names, struct error *error)
{
    if (!sql_parse_qualified(owner, setting, &names->schema, &names->ledger, error))
        return false;
    if (!names->schema)
        names->schema = "public";
    names->journal = journal_name(owner, names->ledger);
    return true;
}

static bool take_names(struct ledger *ledger, const char *setting, struct error *error)
{
    struct ledger_names names;
    if (!ledger_names(ledger, setting, &names, error))
        return false;
    ledger->schema = names.schema;
    ledger->name = names.ledger;
    const char *journal = names.journal;
    ledger->table = sql_qualified(ledger, ledger->schema, ledger->name);
    ledger->journal = sql_qualified(ledger, ledger->schema, journal);
    ledger->more_columns = ledger->more_values = "";
    if (strlen(ledger->schema) <= NAME_BYTES && strlen(ledger->name) <= NAME_BYTES && strlen(journal) <= NAME_BYTES)
        return true;
    error_set(error, ERROR_SETTINGS, "the name of the ledger or of its journal is too long: %s, %s", setting, journal);
    return error_hint(error, "A name on the server has at most %d bytes.", NAME_BYTES);
}

static bool read_facts(struct ledger *ledger, struct connection *connection, struct facts *facts, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct fact, has_schema),   COLUMN(struct fact, journal_oid), COLUMN(struct fact, oid),
        COLUMN(struct fact, kind),         COLUMN(struct fact, name),        COLUMN(struct fact, type),
        COLUMN(struct fact, modifier),     COLUMN(struct fact, is_not_null), COLUMN(struct fact, is_filled),
        COLUMN(struct fact, is_generated),
    };
    char *schema = sql_identifier(ledger, ledger->schema);
    struct result *result = connection_query(ledger, connection, PARAMETERS(ledger->table, schema, ledger->journal),
                                             error, sql_ledger_find);
    facts->items =
        result ? result_bind(result, columns, countof(columns), sizeof *facts->items, &facts->count, error) : NULL;
    return facts->items != NULL;
}

struct ledger *ledger_find(TALLOC_CTX *owner, struct connection *connection, const char *setting, struct error *error)
{
    struct ledger *ledger = talloc_zero(owner, struct ledger);
    struct facts facts;
    if (!take_names(ledger, setting, error) || !read_facts(ledger, connection, &facts, error) ||
        !judge_shape(ledger, connection, &facts, error))
        TALLOC_FREE(ledger);
    return ledger;
}
