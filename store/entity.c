/* See entity.h. Here: the list, and what there is to know of one. What a word names is in entity/find.c, relationships
 * in entity/links.c, pages in entity/page.c, writes in entity/write.c. */
#include "store/entity.h"

#include "store/entity/find.h"
#include "store/entity/links.h"
#include "store/sql.h"

extern const char sql_entity_list[], sql_entity_columns[];

const char *entity_kind_name(enum entity_kind kind)
{
    static const char *const names[] = {
        [ENTITY_TABLE] = "table",
        [ENTITY_PARTITIONED] = "partitioned table",
        [ENTITY_VIEW] = "view",
        [ENTITY_MATERIALIZED] = "materialized view",
        [ENTITY_FOREIGN] = "foreign table",
    };
    return names[kind];
}

/* pg_class.relkind. */
static enum entity_kind kind_of(const char *letter)
{
    switch (*letter) {
    case 'p':
        return ENTITY_PARTITIONED;
    case 'v':
        return ENTITY_VIEW;
    case 'm':
        return ENTITY_MATERIALIZED;
    case 'f':
        return ENTITY_FOREIGN;
    default:
        return ENTITY_TABLE;
    }
}

static const char *shown_name(TALLOC_CTX *owner, const struct model_entity *declared, const char *schema,
                              const char *table)
{
    if (declared)
        return declared->name;
    return !strcmp(schema, "public") ? table : talloc_asprintf(owner, "%s.%s", schema, table);
}

/* ---- the list ---- */

struct list_row {
    const char *schema, *name, *kind, *comment;
    int64_t rows_estimate, size_bytes, column_count;
};

struct entity_summary *entity_list(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                                   size_t *count, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct list_row, schema),     COLUMN(struct list_row, name),
        COLUMN(struct list_row, kind),       COLUMN(struct list_row, rows_estimate),
        COLUMN(struct list_row, size_bytes), COLUMN(struct list_row, column_count),
        COLUMN(struct list_row, comment),
    };
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql_entity_list);
    struct list_row *rows = result ? result_bind(result, columns, countof(columns), sizeof *rows, count, error) : NULL;
    if (!rows)
        return NULL;
    struct entity_summary *list = talloc_zero_size(result, (*count + 1) * sizeof *list);
    if (!list)
        abort();
    for (size_t i = 0; i < *count; i++) {
        const struct list_row *row = &rows[i];
        const struct model_entity *declared = model ? model_find_table(model, NULL, row->schema, row->name) : NULL;
        list[i] = (struct entity_summary){
            .schema = row->schema,
            .table = row->name,
            .name = shown_name(list, declared, row->schema, row->name),
            .kind = kind_of(row->kind),
            .rows_estimate = row->rows_estimate,
            .size_bytes = row->size_bytes,
            .column_count = row->column_count,
            .comment = declared && declared->description ? declared->description : row->comment,
            .is_declared = declared != NULL,
        };
    }
    return list;
}

/* ---- one ---- */

static struct entity_column *read_columns(struct entity *entity, struct connection *connection, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct entity_column, name),         COLUMN(struct entity_column, type),
        COLUMN(struct entity_column, is_nullable),  COLUMN(struct entity_column, key),
        COLUMN(struct entity_column, has_default),  COLUMN(struct entity_column, default_value),
        COLUMN(struct entity_column, is_generated), COLUMN(struct entity_column, identity),
        COLUMN(struct entity_column, order_schema), COLUMN(struct entity_column, needs_type),
        COLUMN(struct entity_column, is_bounded),   COLUMN(struct entity_column, labels),
        COLUMN(struct entity_column, is_leading),   COLUMN(struct entity_column, comment),
        COLUMN(struct entity_column, base),
    };
    const char *oid = talloc_asprintf(entity, "%lld", (long long)entity->oid);
    struct result *result = connection_query(entity, connection, PARAMETERS(oid), error, sql_entity_columns);
    return result ? result_bind(result, columns, countof(columns), sizeof(struct entity_column), &entity->column_count,
                                error)
                  : NULL;
}

static void find_key(struct entity *entity)
{
    entity->key = talloc_zero_size(entity, (entity->column_count + 1) * sizeof *entity->key);
    if (!entity->key)
        abort();
    for (size_t i = 0; i < entity->column_count; i++)
        if (entity->columns[i].key > 0) {
            entity->key[entity->columns[i].key - 1] = &entity->columns[i];
            entity->key_count++;
        }
}

static bool is_time(const struct entity_column *column)
{
    return !strncmp(column->base, "timestamp", 9) || !strcmp(column->base, "date");
}

static bool can_mark(const struct entity_column *column)
{
    return column && (!strcmp(column->base, "boolean") || (is_time(column) && column->is_nullable));
}

/* The declared one; where nothing is declared, one of the two usual names. With a fitting type. */
static void find_soft_delete(struct entity *entity, const struct model_entity *declared)
{
    static const char *const usual[] = {"is_deleted", "deleted_at"};
    const struct entity_column *column = NULL;
    if (declared && declared->soft_delete)
        column = entity_column_find(entity, declared->soft_delete);
    for (size_t i = 0; !declared && i < countof(usual) && !can_mark(column); i++)
        column = entity_column_find(entity, usual[i]);
    if (!can_mark(column))
        return;
    entity->soft_delete = column;
    entity->soft_delete_kind = is_time(column) ? SOFT_DELETE_TIME : SOFT_DELETE_FLAG;
}

/* What stands for a row: the declared column; else a name, a title. */
static const struct entity_column *find_label(const struct entity *entity, const struct model_entity *declared)
{
    static const char *const usual[] = {"name", "title", "label", "subject", "email", "code", "slug"};
    if (declared && declared->label)
        return entity_column_find(entity, declared->label);
    for (size_t i = 0; i < countof(usual); i++) {
        const struct entity_column *column = entity_column_find(entity, usual[i]);
        if (column)
            return column;
    }
    return NULL;
}

static void take_model(struct entity *entity, struct entity_column *columns, const struct model_entity *declared)
{
    for (size_t i = 0; i < entity->column_count && declared; i++) {
        const struct model_column *column = model_find_column(declared, columns[i].name);
        columns[i].generate = column ? column->generate : GENERATE_NOTHING;
        if (column && column->comment)
            columns[i].comment = column->comment;
    }
    if (declared && declared->description)
        entity->comment = declared->description;
}

static const char *why_read_only(const struct entity *entity)
{
    if (entity->kind != ENTITY_TABLE && entity->kind != ENTITY_PARTITIONED)
        return talloc_asprintf(entity, "it is a %s: change the rows that it shows where they lie",
                               entity_kind_name(entity->kind));
    return entity->key_count ? NULL
                             : "it has no primary key and no unique key without NULLs: its rows cannot be told apart";
}

static bool fill(struct entity *entity, struct connection *connection, const struct model *model, struct error *error)
{
    const struct model_entity *declared = model ? model_find_table(model, NULL, entity->schema, entity->table) : NULL;
    struct entity_column *columns = read_columns(entity, connection, error);
    if (!columns)
        return false;
    entity->columns = columns;
    entity->name = shown_name(entity, declared, entity->schema, entity->table);
    entity->qualified = sql_qualified(entity, entity->schema, entity->table);
    take_model(entity, columns, declared);
    find_key(entity);
    find_soft_delete(entity, declared);
    entity->label = find_label(entity, declared);
    entity->read_only = why_read_only(entity);
    return links_read(entity, connection, declared, error);
}

struct entity *find_open(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                         const struct found_row *found, struct error *error)
{
    struct entity *entity = talloc_zero(owner, struct entity);
    if (!entity)
        abort();
    entity->schema = talloc_strdup(entity, found->schema);
    entity->table = talloc_strdup(entity, found->name);
    entity->comment = found->comment ? talloc_strdup(entity, found->comment) : NULL;
    entity->kind = kind_of(found->kind);
    entity->oid = found->oid;
    entity->has_children = found->has_children;
    entity->rows_estimate = found->rows_estimate;
    entity->size_bytes = found->size_bytes;
    if (fill(entity, connection, model, error))
        return entity;
    talloc_free(entity);
    return NULL;
}

const struct entity_column *entity_column_find(const struct entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->column_count; i++)
        if (!strcmp(entity->columns[i].name, name))
            return &entity->columns[i];
    return NULL;
}

const struct entity_relationship *entity_relationship_find(const struct entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->relationship_count; i++)
        if (!strcmp(entity->relationships[i].name, name))
            return &entity->relationships[i];
    return NULL;
}

bool entity_is_writable(const struct entity *entity, struct error *error)
{
    if (!entity->read_only)
        return true;
    error_set(error, ERROR_REFUSED, "%s cannot be changed: %s", entity->name, entity->read_only);
    return error_hint(error, "Its rows can be browsed here; change them by a migration, or with psql.");
}
