/* See witness.h. */
#include "migrate/draft/witness.h"

#include "store/sql.h"

/* Where objects without a space of names of their own are written down. */
static const struct {
    const char *noun, *catalog, *name, *relation;
} catalogs[] = {
    {"TRIGGER", "pg_trigger", "tgname", "tgrelid"},     {"POLICY", "pg_policy", "polname", "polrelid"},
    {"RULE", "pg_rewrite", "rulename", "ev_class"},     {"EVENT TRIGGER", "pg_event_trigger", "evtname", NULL},
    {"PUBLICATION", "pg_publication", "pubname", NULL}, {"EXTENSION", "pg_extension", "extname", NULL},
};

static const struct {
    unsigned space;
    const char *function;
} functions[] = {
    {SPACE_SCHEMA, "to_regnamespace"},
    {SPACE_RELATION, "to_regclass"},
    {SPACE_TYPE, "to_regtype"},
    {SPACE_ROUTINE, "to_regprocedure"},
};

/* A quoted name as it is. */
static char *unquoted(TALLOC_CTX *owner, const char *name)
{
    char *result = talloc_strdup(owner, name);
    if (*name != '"')
        return result;
    char *end = result;
    for (const char *at = name + 1; *at && (*at != '"' || at[1] == '"'); at++) {
        at += *at == '"';
        *end++ = *at;
    }
    *end = '\0';
    return result;
}

static char *name_literal(TALLOC_CTX *owner, const char *name) { return sql_literal(owner, unquoted(owner, name)); }

static const char *find_by_function(TALLOC_CTX *owner, const char *function, const char *identity)
{
    return talloc_asprintf(owner, "pg_catalog.%s(%s)", function, sql_literal(owner, identity));
}

static const char *find_by_name(TALLOC_CTX *owner, const struct object *object)
{
    for (size_t i = 0; i < countof(catalogs); i++) {
        if (strcmp(catalogs[i].noun, object->kind->noun) != 0 || (catalogs[i].relation && !object->parent))
            continue;
        char *text = talloc_asprintf(owner, "EXISTS (SELECT FROM pg_catalog.%s WHERE %s = %s", catalogs[i].catalog,
                                     catalogs[i].name, name_literal(owner, object->name));
        if (catalogs[i].relation)
            text = talloc_asprintf_append_buffer(text, " AND %s = %s", catalogs[i].relation,
                                                 find_by_function(owner, "to_regclass", object->parent));
        return talloc_strdup_append_buffer(text, ")");
    }
    return NULL;
}

static const char *find_part(TALLOC_CTX *owner, const struct object *object)
{
    bool is_column = object->kind->spaces & SPACE_COLUMN;
    const struct object *parent = object->parent_object;
    bool is_of_type = parent && !(parent->kind->spaces & SPACE_RELATION);
    const char *relation = find_by_function(owner, is_of_type ? "to_regtype" : "to_regclass", object->parent);
    const char *name = name_literal(owner, object->name);
    if (is_column)
        return talloc_asprintf(owner,
                               "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = %s AND attname = %s "
                               "AND NOT attisdropped)",
                               relation, name);
    return talloc_asprintf(owner, "EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE %s = %s AND conname = %s)",
                           is_of_type ? "contypid" : "conrelid", relation, name);
}

const char *witness_exists(TALLOC_CTX *owner, const struct object *object)
{
    unsigned spaces = object->kind->spaces;
    if (spaces & (SPACE_COLUMN | SPACE_CONSTRAINT) && object->parent) /* a key's index has the name, too */
        return find_part(owner, object);
    for (size_t i = 0; i < countof(functions); i++)
        if (spaces & functions[i].space)
            return talloc_asprintf(owner, "%s IS NOT NULL",
                                   find_by_function(owner, functions[i].function, object->identity));
    return find_by_name(owner, object);
}

/* The kind's query without the comment at its head. */
static const char *query_of(const struct kind *kind, int server_version)
{
    const struct kind_query *query = kind->queries;
    while (query[1].sql && query->server_version > server_version)
        query++;
    const char *sql = query->sql;
    while (!strncmp(sql, "--", 2))
        sql += strcspn(sql, "\n") + 1;
    return sql;
}

static const struct field *changed_field(const struct diff_item *item)
{
    const struct kind *kind = item->from->kind;
    for (size_t i = 0; i < kind->field_count; i++)
        if (item->changed >> i & 1)
            return &kind->fields[i];
    return NULL;
}

const char *witness_is_open(TALLOC_CTX *owner, const struct diff_item *item, int server_version)
{
    const struct object *object = item->to ? item->to : item->from;
    const char *query = query_of(object->kind, server_version);
    const char *identity = sql_literal(owner, object->identity);
    const struct field *field = item->from && item->to ? changed_field(item) : NULL;
    if (!field)
        return talloc_asprintf(owner, "%sEXISTS (SELECT FROM (\n%s) AS found WHERE found.identity = %s)",
                               item->to ? "NOT " : "", query, identity);
    const char *value = field_value(item->to, field);
    /* Names for what all kinds have: a field may have one of them, too. */
    return talloc_asprintf(owner,
                           "(SELECT found.%s::text FROM (\n%s) AS found (identity, its_name, its_parent, its_schema, "
                           "its_comment) WHERE found.identity = %s)\nIS DISTINCT FROM %s",
                           field->name, query, identity, value ? sql_literal(owner, value) : "NULL");
}
