/* Foreign keys: "references" of a column, and "foreign_keys" of an entity for those of several columns. */
#include "store/model/draft.h"

#define TARGET_KEYS                                                                                                    \
    {"entity", KEY_OPTIONAL, NULL}, {"table", KEY_OPTIONAL, NULL}, {"on_delete", KEY_OPTIONAL, NULL},                  \
        {"on_update", KEY_OPTIONAL, NULL},                                                                             \
    {                                                                                                                  \
        "deferrable", KEY_OPTIONAL, NULL                                                                               \
    }

/* The words of YAML, and what the server is told. */
static const char *const action_words[] = {"no action", "restrict", "cascade", "set null", "set default", NULL};
static const char *const action_sql[] = {NULL, "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"};

static bool read_action(const struct reader *reader, const struct yaml_value *map, const char *key, const char **sql)
{
    const struct yaml_value *value = yaml_get(map, key);
    size_t index;
    if (!value)
        return true;
    if (!reader_word(reader, value, key, action_words, &index))
        return false;
    *sql = action_sql[index];
    return true;
}

static bool refuse_entity(const struct reader *reader, const struct yaml_value *value)
{
    const struct model *model = reader->model;
    const char **names = reader_array(reader, model->entity_count, sizeof *names);
    for (size_t i = 0; i < model->entity_count; i++)
        names[i] = model->entities[i].name;
    return reader_refuse_as(
        reader, model->is_partial ? MODEL_CONSEQUENCE : MODEL_DEFECT, value,
        reader_hint(reader, value->text, names, "Name a declared entity, or a table: {table: NAME}."),
        "there is no entity \"%s\"", value->text);
}

/* entity or table, the actions, deferrable: what both ways of writing have. */
static bool read_target(const struct reader *reader, const struct yaml_value *map, struct model_foreign_key *key)
{
    const struct yaml_value *entity = yaml_get(map, "entity"), *table = yaml_get(map, "table"), *value;
    if (!entity == !table)
        return reader_refuse(reader, entity ? table : map, "Write entity: NAME, or table: NAME where none declares it.",
                             "a foreign key leads to one entity or table");
    const char *name;
    if (entity) {
        if (!reader_text(reader, entity, "entity", &name))
            return false;
        key->to = model_find(reader->model, name);
        if (!key->to)
            return refuse_entity(reader, entity);
        key->schema = key->to->schema;
        key->table = key->to->table;
    } else if (!reader_qualified(reader, table, "table", &key->schema, &key->table)) {
        return false;
    }
    if ((value = yaml_get(map, "deferrable")) && !draft_deferral(reader, value, &key->deferral))
        return false;
    return read_action(reader, map, "on_delete", &key->on_delete) &&
           read_action(reader, map, "on_update", &key->on_update);
}

/* The columns that it leads to; `value` NULL: the primary key. */
static bool read_target_columns(const struct reader *reader, const struct yaml_value *map,
                                const struct yaml_value *value, struct model_foreign_key *key)
{
    if (value && !reader_names(reader, value, "the columns that a foreign key leads to", &key->targets))
        return false;
    for (size_t i = 0; key->to && i < key->targets.count; i++)
        if (!model_find_column(key->to, key->targets.items[i]))
            return reader_refuse(reader, value->kind == YAML_LIST ? value->items[i] : value,
                                 reader_hint(reader, key->targets.items[i], draft_candidates(reader, key->to), NULL),
                                 "%s has no column \"%s\"", key->to->name, key->targets.items[i]);
    if (key->to && !value && key->to->primary_key.count == 0)
        return reader_refuse_as(reader, MODEL_CONSEQUENCE /* of model.base */, map, "Name the column that it leads to.",
                                "%s has no primary key", key->to->name);
    size_t targets = value ? key->targets.count : key->to ? key->to->primary_key.count : key->columns.count;
    if (targets != key->columns.count)
        return reader_refuse(reader, map, "Write foreign_keys for a key of several columns.",
                             "a foreign key of %zu columns cannot lead to %zu", key->columns.count, targets);
    return true;
}

static bool read_reference(const struct draft_column *column, struct model_foreign_key *key)
{
    static const struct reader_key keys[] = {TARGET_KEYS, {"column", KEY_OPTIONAL, NULL}, {"name", KEY_OPTIONAL, NULL}};
    const struct reader *reader = &column->reader;
    const struct yaml_value *map = column->references, *name;
    const char **names = reader_array(reader, 1, sizeof *names);
    names[0] = column->column.name;
    *key = (struct model_foreign_key){.columns = {.items = names, .count = 1}, .place = reader_place(reader, map)};
    return reader_map(reader, map, "references", keys, countof(keys)) &&
           (!(name = yaml_get(map, "name")) || reader_name(reader, name, "the name of a foreign key", &key->name)) &&
           read_target(reader, map, key) && read_target_columns(reader, map, yaml_get(map, "column"), key);
}

static bool read_listed(const struct draft *draft, const struct yaml_value *title, const struct yaml_value *map,
                        struct model_foreign_key *key)
{
    static const struct reader_key keys[] = {
        TARGET_KEYS, {"name", KEY_OPTIONAL, NULL}, {"columns", KEY_DEMANDED, NULL}, {"references", KEY_OPTIONAL, NULL}};
    const struct reader *reader = &draft->reader;
    const struct yaml_value *columns, *name = title ? title : yaml_get(map, "name");
    *key = (struct model_foreign_key){.place = reader_place(reader, title ? title : map)};
    return (!name || reader_name(reader, name, "the name of a foreign key", &key->name)) &&
           reader_map(reader, map, "a foreign key", keys, countof(keys)) && (columns = yaml_get(map, "columns")) &&
           draft_column_names(draft, columns, "a foreign key", &key->columns) && read_target(reader, map, key) &&
           read_target_columns(reader, map, yaml_get(map, "references"), key);
}

void draft_read_foreign_keys(struct draft *draft)
{
    const struct yaml_value *many = yaml_get(draft->root, "foreign_keys"), *title;
    size_t listed = many && reader_many(&draft->reader, many, "foreign_keys") ? many->count : 0, count = 0;
    struct model_foreign_key *keys = reader_array(&draft->reader, draft->columns.count + listed, sizeof *keys);
    for (size_t i = 0; i < draft->columns.count; i++) {
        const struct draft_column *column = &draft->columns.items[i];
        if (column->references && read_reference(column, &keys[count]))
            count++;
    }
    for (size_t i = 0; i < listed; i++) {
        const struct yaml_value *map = reader_thing(many, i, &title);
        if (read_listed(draft, title, map, &keys[count]))
            count++;
    }
    draft->entity->foreign_keys = keys;
    draft->entity->foreign_key_count = count;
}
