/* Columns of a model: what one says, and how those of mixins and those of an entity come together. */
#include "store/model/draft.h"

#include "store/sql.h"

enum { DEEPEST = 32 }; /* mixins of mixins */

static const struct reader_key keys[] = {
    {"type", KEY_DEMANDED, "Write the type as the server knows it, for example type: bigint."},
    {"nullable", KEY_DEMANDED, "Write nullable: true or nullable: false: nothing is implied."},
    {"primary_key", KEY_OPTIONAL, NULL},
    {"default", KEY_OPTIONAL, NULL},
    {"computed", KEY_OPTIONAL, NULL},
    {"generate", KEY_OPTIONAL, NULL},
    {"identity", KEY_OPTIONAL, NULL},
    {"collation", KEY_OPTIONAL, NULL},
    {"comment", KEY_OPTIONAL, NULL},
    {"references", KEY_OPTIONAL, NULL},
};

static const char *const generates[] = {"snowflake", NULL};
static const char *const identities[] = {"always", "by_default", NULL};

static void read_collation(const struct reader *reader, const struct yaml_value *value, struct model_column *column)
{
    const char *schema, *name;
    if (reader_qualified(reader, value, "collation", &schema, &name))
        column->collation = sql_qualified(reader->model, schema, name);
}

static void read_maker(const struct reader *reader, const struct yaml_value *map, struct model_column *column)
{
    const struct yaml_value *value = yaml_get(map, "generate");
    size_t index;
    if (value && reader_word(reader, value, "generate", generates, &index))
        column->generate = GENERATE_SNOWFLAKE;
    value = yaml_get(map, "identity");
    if (value && reader_word(reader, value, "identity", identities, &index))
        column->identity = index == 0 ? IDENTITY_ALWAYS : IDENTITY_BY_DEFAULT;
    int makers = (column->value.text != NULL) + (column->computed.text != NULL) + (column->identity != IDENTITY_NONE);
    if (makers > 1)
        reader_refuse(reader, map, "Keep one of them.",
                      "column \"%s\" has more than one of default, computed, identity", column->name);
}

static void read_nullability(const struct reader *reader, const struct yaml_value *map, struct model_column *column)
{
    const struct yaml_value *nullable = yaml_get(map, "nullable"), *key = yaml_get(map, "primary_key");
    if (nullable)
        (void)reader_flag(reader, nullable, "nullable", &column->is_nullable);
    if (key)
        (void)reader_flag(reader, key, "primary_key", &column->is_primary_key);
    if (nullable && column->is_nullable && column->is_primary_key)
        reader_refuse(reader, nullable, "Write nullable: false.", "a primary key is never null");
}

bool draft_read_column(const struct reader *reader, const struct yaml_entry *entry, struct draft_column *draft)
{
    struct model_column *column = &draft->column;
    struct reader here = *reader;
    here.rule = MODEL_TYPED;
    here.subject = entry->key;
    column->place = reader_place(reader, entry->key);
    if (!reader_name(&here, entry->key, "the name of a column", &column->name))
        return false;
    if (reader->object)
        here.object = talloc_asprintf(reader->model, "%s.%s", reader->object, column->name);
    const struct yaml_value *map = entry->value, *value;
    const char *what = talloc_asprintf(reader->model, "column \"%s\"", column->name);
    if (!reader_map(&here, map, what, keys, countof(keys)))
        return false;
    if ((value = yaml_get(map, "type")))
        (void)reader_sql(&here, value, "type", &column->type);
    if ((value = yaml_get(map, "default")) && !yaml_is_null(value))
        (void)reader_sql(&here, value, "default", &column->value);
    if ((value = yaml_get(map, "computed")))
        (void)reader_sql(&here, value, "computed", &column->computed);
    if ((value = yaml_get(map, "collation")))
        read_collation(&here, value, column);
    if ((value = yaml_get(map, "comment")) && !yaml_is_null(value))
        (void)reader_text(&here, value, "comment", &column->comment);
    read_nullability(&here, map, column);
    read_maker(&here, map, column);
    draft->references = yaml_get(map, "references");
    draft->reader = here;
    draft->reader.rule = MODEL_BASE;
    draft->reader.subject = NULL;
    return true;
}

void draft_read_columns(struct draft *draft)
{
    const struct yaml_value *map = yaml_get(draft->root, "columns");
    if (!map || yaml_is_null(map))
        return;
    if (map->kind != YAML_MAP) {
        reader_refuse(&draft->reader, map, "Write NAME: {type: ..., nullable: ...} for each.",
                      "columns must be a map, not %s", yaml_kind_name(map->kind));
        return;
    }
    if (!reader_many(&draft->reader, map, "columns"))
        return;
    draft->own.items = reader_array(&draft->reader, map->count, sizeof *draft->own.items);
    for (size_t i = 0; i < map->count; i++) {
        struct draft_column *column = &draft->own.items[draft->own.count];
        if (!draft_read_column(&draft->reader, &map->entries[i], column))
            continue;
        column->column.mixin = draft->kind == DRAFT_MIXIN ? draft->name : NULL;
        draft->own.count++;
    }
}

static struct draft_column *find(const struct draft_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (!strcmp(columns->items[i].column.name, name))
            return &columns->items[i];
    return NULL;
}

const struct draft_column *draft_find_column(const struct draft *draft, const char *name)
{
    return find(&draft->columns, name);
}

static struct draft *find_mixin(const struct drafts *drafts, const char *name)
{
    for (size_t i = 0; i < drafts->count; i++)
        if (drafts->items[i]->kind == DRAFT_MIXIN && !strcmp(drafts->items[i]->name, name))
            return drafts->items[i];
    return NULL;
}

static void refuse_mixin(const struct drafts *drafts, const struct draft *draft, const struct yaml_value *value,
                         const char *name)
{
    const char **names = reader_array(&draft->reader, drafts->count, sizeof *names);
    size_t count = 0;
    bool is_entity = false;
    for (size_t i = 0; i < drafts->count; i++) {
        is_entity |= drafts->items[i]->kind == DRAFT_ENTITY && !strcmp(drafts->items[i]->name, name);
        if (drafts->items[i]->kind == DRAFT_MIXIN)
            names[count++] = drafts->items[i]->name;
    }
    reader_refuse_as(
        &draft->reader, draft->reader.model->is_partial ? MODEL_CONSEQUENCE : MODEL_DEFECT, value,
        reader_hint(&draft->reader, name, names, "Declare it in a file of its own: mixin: NAME, columns: ..."),
        "there is no mixin \"%s\"%s", name, is_entity ? ": that is an entity" : "");
}

static bool is_same_place(const struct model_place *a, const struct model_place *b)
{
    return a->line == b->line && a->column == b->column && !strcmp(a->file, b->file);
}

static void append(struct draft *draft, const struct draft_column *column)
{
    struct draft_columns *columns = &draft->columns;
    columns->items =
        talloc_realloc_size(draft->reader.model, columns->items, (columns->count + 1) * sizeof *columns->items);
    if (!columns->items)
        abort();
    columns->items[columns->count++] = *column;
}

static void take_mixin(struct draft *draft, const struct draft *mixin, const struct yaml_value *value)
{
    for (size_t i = 0; i < mixin->columns.count; i++) {
        const struct draft_column *column = &mixin->columns.items[i];
        const struct draft_column *there = find(&draft->columns, column->column.name);
        if (!there)
            append(draft, column);
        else if (!is_same_place(&there->column.place, &column->column.place))
            reader_refuse(&draft->reader, value, "Rename one of them.", "column \"%s\" comes from the mixins %s and %s",
                          column->column.name, there->column.mixin, column->column.mixin);
    }
    if (mixin->soft_delete && draft->soft_delete && strcmp(mixin->soft_delete, draft->soft_delete) != 0)
        reader_refuse(&draft->reader, value, "Say soft_delete here.",
                      "its mixins mark deleted rows by different columns: \"%s\" and \"%s\"", draft->soft_delete,
                      mixin->soft_delete);
    else if (mixin->soft_delete)
        draft->soft_delete = mixin->soft_delete;
}

static void resolve(const struct drafts *drafts, struct draft *draft, int depth);

static void take_mixins(const struct drafts *drafts, struct draft *draft, int depth)
{
    const struct yaml_value *list = yaml_get(draft->root, "extends");
    if (!list || yaml_is_null(list) || !reader_names(&draft->reader, list, "extends", &draft->mixins))
        return;
    for (size_t i = 0; i < draft->mixins.count; i++) {
        const struct yaml_value *value = list->kind == YAML_LIST ? list->items[i] : list;
        struct draft *mixin = find_mixin(drafts, draft->mixins.items[i]);
        if (!mixin) {
            refuse_mixin(drafts, draft, value, draft->mixins.items[i]);
            continue;
        }
        if (mixin->state == DRAFT_RESOLVING || depth > DEEPEST) {
            reader_refuse(&draft->reader, value, NULL, "mixin \"%s\" extends %s", mixin->name,
                          depth > DEEPEST ? "too many others in turn" : "itself");
            continue;
        }
        resolve(drafts, mixin, depth + 1);
        take_mixin(draft, mixin, value);
    }
}

static void settle_soft_delete(struct draft *draft)
{
    const struct yaml_value *value = yaml_get(draft->root, "soft_delete");
    if (value && yaml_is_null(value))
        draft->soft_delete = NULL;
    struct model_names names;
    if (!value || yaml_is_null(value))
        return;
    if (value->kind != YAML_TEXT)
        reader_refuse(&draft->reader, value, NULL, "soft_delete must be the name of a column, not %s",
                      yaml_kind_name(value->kind));
    else if (draft_column_names(draft, value, "soft_delete", &names))
        draft->soft_delete = names.items[0];
}

static void resolve(const struct drafts *drafts, struct draft *draft, int depth)
{
    if (draft->state != DRAFT_READ)
        return;
    draft->state = DRAFT_RESOLVING;
    take_mixins(drafts, draft, depth);
    draft->inherited_count = draft->columns.count;
    for (size_t i = 0; i < draft->own.count; i++) {
        struct draft_column *there = find(&draft->columns, draft->own.items[i].column.name);
        if (there)
            *there = draft->own.items[i];
        else
            append(draft, &draft->own.items[i]);
    }
    settle_soft_delete(draft);
    draft->state = DRAFT_RESOLVED;
}

void draft_resolve(const struct drafts *drafts, struct draft *draft) { resolve(drafts, draft, 1); }

bool draft_column_names(const struct draft *draft, const struct yaml_value *value, const char *what,
                        struct model_names *names)
{
    const struct reader *reader = &draft->reader;
    if (!reader_names(reader, value, what, names))
        return false;
    bool ok = true;
    for (size_t i = 0; i < names->count; i++) {
        if (find(&draft->columns, names->items[i]))
            continue;
        const char **candidates = reader_array(reader, draft->columns.count, sizeof *candidates);
        for (size_t column = 0; column < draft->columns.count; column++)
            candidates[column] = draft->columns.items[column].column.name;
        ok = reader_refuse(reader, value->kind == YAML_LIST ? value->items[i] : value,
                           reader_hint(reader, names->items[i], candidates, "Declare it under columns."),
                           "%s: %s has no column \"%s\"", what, draft->name, names->items[i]);
    }
    return ok;
}

const char *const *draft_candidates(const struct reader *reader, const struct model_entity *entity)
{
    const char **names = reader_array(reader, entity->column_count, sizeof *names);
    for (size_t i = 0; i < entity->column_count; i++)
        names[i] = entity->columns[i].name;
    return names;
}
