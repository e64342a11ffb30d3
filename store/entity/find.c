/* What a word names: a declared entity, a table by its exact name, schema.table exactly or as PostgreSQL reads it. */
#include "store/entity/find.h"

#include "store/sql.h"
#include "store/suggest.h"

extern const char sql_entity_find[];

struct search {
    TALLOC_CTX *owner; /* of what is opened */
    struct connection *connection;
    const struct model *model;
    const char *word;
    struct entity *entity; /* NULL: nothing was found so far */
};

/* Two tables of one name, neither in public: which one is meant cannot be guessed. */
static bool refuse_ambiguous(const struct search *search, const struct found_row *rows, size_t count,
                             struct error *error)
{
    char *list = talloc_strdup(NULL, "");
    for (size_t i = 0; i < count && !rows[i].is_system; i++)
        list = talloc_asprintf_append_buffer(list, "%s%s.%s", i ? ", " : "", rows[i].schema, rows[i].name);
    error_set(error, ERROR_USAGE, "\"%s\" is the name of several tables: %s", search->word, list);
    talloc_free(list);
    return error_hint(error, "Give it with its schema.");
}

/* search->entity stays NULL where there is none. schema NULL: in all of them; public's wins, then the only one. */
static bool look_up(struct search *search, const char *schema, const char *table, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct found_row, oid),           COLUMN(struct found_row, schema),
        COLUMN(struct found_row, name),          COLUMN(struct found_row, kind),
        COLUMN(struct found_row, rows_estimate), COLUMN(struct found_row, size_bytes),
        COLUMN(struct found_row, comment),       COLUMN(struct found_row, is_system),
        COLUMN(struct found_row, has_children),
    };
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t count = 0;
    struct result *result =
        connection_query(memory, search->connection, PARAMETERS(schema, table), error, sql_entity_find);
    struct found_row *rows =
        result ? result_bind(result, columns, countof(columns), sizeof *rows, &count, error) : NULL;
    bool ok = rows != NULL;
    if (ok && count > 1 && strcmp(rows[0].schema, "public") != 0 && !rows[1].is_system) {
        ok = refuse_ambiguous(search, rows, count, error);
    } else if (ok && count) {
        search->entity = find_open(search->owner, search->connection, search->model, &rows[0], error);
        ok = search->entity != NULL;
    }
    talloc_free(memory);
    return ok;
}

static bool look_up_declared(struct search *search, struct error *error)
{
    const struct model_entity *declared = search->model ? model_find(search->model, search->word) : NULL;
    return !declared || look_up(search, declared->schema ? declared->schema : "public", declared->table, error);
}

/* At each of its points: also a name that needs quotes is found as the list shows it. */
static bool look_up_exact(struct search *search, struct error *error)
{
    if (!look_up(search, NULL, search->word, error))
        return false;
    for (const char *point = search->word; !search->entity && (point = strchr(point, '.')); point++) {
        char *schema = talloc_strndup(NULL, search->word, (size_t)(point - search->word));
        bool ok = look_up(search, schema, point + 1, error);
        talloc_free(schema);
        if (!ok)
            return false;
    }
    return true;
}

static bool look_up_parsed(struct search *search, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *unread = error_new(memory);
    const char *schema = NULL, *table = NULL;
    bool ok =
        !sql_parse_qualified(memory, search->word, &schema, &table, unread) || look_up(search, schema, table, error);
    talloc_free(memory);
    return ok;
}

static bool refuse_unknown(const struct search *search, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t count = 0, used = 0;
    struct error *ignored = error_new(memory);
    struct entity_summary *list = entity_list(memory, search->connection, search->model, &count, ignored);
    const char **names = talloc_zero_size(memory, (2 * count + 1) * sizeof *names);
    for (size_t i = 0; list && i < count; i++) {
        names[used++] = list[i].name;
        if (strcmp(list[i].name, list[i].table) != 0)
            names[used++] = list[i].table;
    }
    const char *nearest = suggest_nearest(search->word, names);
    error_set(error, ERROR_USAGE, "there is no entity and no table \"%s\"", search->word);
    if (nearest)
        error_hint(error, "Did you mean \"%s\"?", nearest);
    else
        error_hint(error, "\"pgdeck rows\" without a name lists what there is.");
    talloc_free(memory);
    return false;
}

struct entity *entity_open_table(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                                 const char *schema, const char *table, struct error *error)
{
    struct search search = {.owner = owner, .connection = connection, .model = model, .word = table};
    if (look_up(&search, schema, table, error) && !search.entity) {
        error_set(error, ERROR_USAGE, "there is no table %s.%s", schema, table);
        error_hint(error, "\"pgdeck rows\" without a name lists what there is.");
    }
    return search.entity;
}

struct entity *entity_open(TALLOC_CTX *owner, struct connection *connection, const struct model *model,
                           const char *word, struct error *error)
{
    static bool (*const ways[])(struct search *, struct error *) = {look_up_declared, look_up_exact, look_up_parsed};
    struct search search = {.owner = owner, .connection = connection, .model = model, .word = word};
    for (size_t i = 0; i < countof(ways) && !search.entity; i++)
        if (!ways[i](&search, error))
            return NULL;
    if (!search.entity)
        refuse_unknown(&search, error);
    return search.entity;
}

bool entity_column_unknown(const struct entity *entity, const char *name, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char **names = talloc_zero_size(memory, (entity->column_count + 1) * sizeof *names);
    char *list = talloc_strdup(memory, "");
    for (size_t i = 0; i < entity->column_count; i++) {
        names[i] = entity->columns[i].name;
        list = talloc_asprintf_append_buffer(list, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = suggest_nearest(name, names);
    error_set(error, ERROR_USAGE, "%s has no column \"%s\"", entity->name, name);
    if (nearest)
        error_hint(error, "Did you mean \"%s\"?", nearest);
    else
        error_hint(error, "Its columns are %s.", list);
    talloc_free(memory);
    return false;
}
