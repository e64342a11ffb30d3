/* See links.h. A foreign key that a declared relationship goes along is not told twice. */
#include "store/entity/links.h"

#include <jansson.h>

#include "store/sql.h"

extern const char sql_entity_links[];

struct link_row {
    const char *name, *schema, *relation, *here, *there, *on_delete;
    bool is_outgoing, is_single;
};

/* The lines of a text. Owner: `owner`. */
static const char *const *lines(TALLOC_CTX *owner, const char *text, size_t *count)
{
    const char **result = NULL;
    *count = 0;
    for (const char *at = text; at && *at; at += strcspn(at, "\n"), at += *at == '\n') {
        result = talloc_realloc(owner, result, const char *, (unsigned)*count + 1);
        result[(*count)++] = talloc_strndup(result, at, strcspn(at, "\n"));
    }
    return result;
}

static bool has_same_columns(const struct entity_relationship *one, const char *const *here, size_t count)
{
    if (one->column_count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(one->here[i], here[i]) != 0)
            return false;
    return true;
}

/* Whether a declared relationship already goes the way of a foreign key. They stand in front. */
static bool is_known(const struct entity *entity, const struct link_row *row, const char *const *here, size_t count)
{
    for (size_t i = 0; i < entity->relationship_count && entity->relationships[i].is_declared; i++) {
        const struct entity_relationship *one = &entity->relationships[i];
        bool is_same_way = (one->holder == ENTITY_KEY_HERE) == row->is_outgoing;
        if (is_same_way && !strcmp(one->schema, row->schema) && !strcmp(one->table, row->relation) &&
            has_same_columns(one, here, count))
            return true;
    }
    return false;
}

/* agent_id -> agent; from there: the table's name. A name that is taken gets the constraint's. */
static const char *name_of(TALLOC_CTX *owner, json_t *names, const struct link_row *row, const char *const *here,
                           size_t count)
{
    const char *name = row->relation;
    if (row->is_outgoing && count == 1) {
        size_t size = strlen(here[0]);
        name = size > 3 && !strcmp(here[0] + size - 3, "_id") ? talloc_strndup(owner, here[0], size - 3) : here[0];
    }
    return json_object_get(names, name) ? row->name : name;
}

static struct entity_relationship *add(struct entity *entity)
{
    struct entity_relationship *all =
        talloc_realloc_size(entity, entity->relationships, (entity->relationship_count + 1) * sizeof *all);
    if (!all)
        abort();
    entity->relationships = all;
    return &all[entity->relationship_count++];
}

/* A database that is not as the models say may lack the columns. */
static bool has_columns(const struct entity *entity, const struct model_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (!entity_column_find(entity, names->items[i]))
            return false;
    return true;
}

/* The other side says that rows behind a deleted one of it are hidden. Whether it can tell which are deleted, the
 * catalog says: a database need not be as the models say. */
static bool read_hiding(struct entity *entity, struct connection *connection, const struct model_relationship *one,
                        struct entity_relationship *link, struct error *error)
{
    static const char sql[] =
        "SELECT pg_catalog.quote_ident(a.attname), a.atttypid = 'pg_catalog.bool'::pg_catalog.regtype"
        " FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = pg_catalog.to_regclass($1)"
        " AND a.attname = $2 AND NOT a.attisdropped";
    if (link->holder != ENTITY_KEY_HERE || one->inverse->soft_delete != SOFT_DELETE_HIDE || !one->to->soft_delete)
        return true;
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *there = sql_qualified(memory, link->schema, link->table);
    struct result *result = connection_query(memory, connection, PARAMETERS(there, one->to->soft_delete), error, sql);
    if (result && result_row_count(result) > 0)
        link->hidden_behind = talloc_asprintf(entity, "behind.%s %s", result_cell(result, 0, 0),
                                              *result_cell(result, 0, 1) == 't' ? "IS TRUE" : "IS NOT NULL");
    talloc_free(memory);
    return result != NULL;
}

static bool add_declared(struct entity *entity, struct connection *connection, const struct model_relationship *one,
                         struct error *error)
{
    bool is_here = one->holder == KEY_HERE;
    if (!has_columns(entity, is_here ? &one->key : &one->target))
        return true;
    struct entity_relationship *link = add(entity);
    *link = (struct entity_relationship){
        .name = one->name,
        .schema = one->to->schema ? one->to->schema : "public",
        .table = one->to->table,
        .kind = one->kind,
        .here = is_here ? one->key.items : one->target.items,
        .there = is_here ? one->target.items : one->key.items,
        .column_count = one->key.count,
        .holder = is_here ? ENTITY_KEY_HERE : ENTITY_KEY_THERE,
        .cascade = one->cascade,
        .soft_delete = one->soft_delete,
        .is_declared = true,
    };
    return read_hiding(entity, connection, one, link, error);
}

static void add_inferred(struct entity *entity, json_t *names, const struct link_row *row)
{
    size_t count, there_count;
    const char *const *here = lines(entity, row->here, &count), *const *there = lines(entity, row->there, &there_count);
    if (is_known(entity, row, here, count))
        return;
    const char *name = talloc_strdup(entity, name_of(entity, names, row, here, count));
    json_object_set_new(names, name, json_true());
    *add(entity) = (struct entity_relationship){
        .name = name,
        .schema = talloc_strdup(entity, row->schema),
        .table = talloc_strdup(entity, row->relation),
        .kind = row->is_outgoing || row->is_single ? RELATIONSHIP_ONE : RELATIONSHIP_MANY,
        .here = here,
        .there = there,
        .column_count = count < there_count ? count : there_count,
        .holder = row->is_outgoing ? ENTITY_KEY_HERE : ENTITY_KEY_THERE,
        .soft_delete = SOFT_DELETE_KEEP,
    };
}

bool links_read(struct entity *entity, struct connection *connection, const struct model_entity *declared,
                struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct link_row, name),      COLUMN(struct link_row, is_outgoing), COLUMN(struct link_row, schema),
        COLUMN(struct link_row, relation),  COLUMN(struct link_row, here),        COLUMN(struct link_row, there),
        COLUMN(struct link_row, is_single), COLUMN(struct link_row, on_delete),
    };
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *oid = talloc_asprintf(memory, "%lld", (long long)entity->oid);
    size_t count = 0;
    struct result *result = connection_query(memory, connection, PARAMETERS(oid), error, sql_entity_links);
    struct link_row *rows = result ? result_bind(result, columns, countof(columns), sizeof *rows, &count, error) : NULL;
    bool ok = rows != NULL;
    for (size_t i = 0; declared && ok && i < declared->relationship_count; i++)
        if (declared->relationships[i].inverse) /* without it the model is refused elsewhere */
            ok = add_declared(entity, connection, &declared->relationships[i], error);
    json_t *names = json_object(); /* the set of them: a table may have thousands */
    for (size_t i = 0; i < entity->relationship_count; i++)
        json_object_set_new(names, entity->relationships[i].name, json_true());
    for (size_t i = 0; rows && i < count; i++)
        add_inferred(entity, names, &rows[i]);
    json_decref(names);
    talloc_free(memory);
    return ok;
}
