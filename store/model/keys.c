/* What an entity says of its rows beyond the columns: primary key, unique constraints, checks, indexes. */
#include "store/model/draft.h"

enum { INDEX_PARTS_MOST = 1000 }; /* no server takes as many */

static bool is_plain_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return !(text[0] >= '0' && text[0] <= '9') && !text[strspn(text, letters)];
}

/* ---- primary key ---- */

/* Those that say so of themselves. */
static void take_flagged(struct draft *draft)
{
    const char **names = reader_array(&draft->reader, draft->columns.count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < draft->columns.count; i++)
        if (draft->columns.items[i].column.is_primary_key)
            names[count++] = draft->columns.items[i].column.name;
    draft->entity->primary_key = (struct model_names){.items = names, .count = count};
}

static bool is_listed(const struct model_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (!strcmp(names->items[i], name))
            return true;
    return false;
}

/* primary_key: [a, b], or {NAME: [a, b]}. */
static void take_listed(struct draft *draft, const struct yaml_value *value)
{
    const struct reader *reader = &draft->reader;
    struct model_names names;
    if (value->kind == YAML_MAP) {
        if (value->count != 1) {
            reader_refuse(reader, value, NULL, "primary_key must be a list, or one list under the constraint's name");
            return;
        }
        if (!reader_name(reader, value->entries[0].key, "the name of the primary key",
                         &draft->entity->primary_key_name))
            return;
        value = value->entries[0].value;
    }
    if (!draft_column_names(draft, value, "primary_key", &names))
        return;
    for (size_t i = 0; i < draft->columns.count; i++) {
        struct model_column *column = &draft->columns.items[i].column;
        bool is_in = is_listed(&names, column->name);
        if (column->is_primary_key && !is_in)
            reader_refuse(reader, value, "Add it, or say it in one of the two places.",
                          "column \"%s\" says that it is in the primary key, this list does not", column->name);
        if (is_in && column->is_nullable)
            reader_refuse(reader, value, "Write nullable: false there.", "column \"%s\" of the primary key is nullable",
                          column->name);
        column->is_primary_key |= is_in;
    }
    draft->entity->primary_key = names;
}

void draft_read_primary_key(struct draft *draft)
{
    take_flagged(draft);
    const struct yaml_value *value = yaml_get(draft->root, "primary_key");
    if (value && !yaml_is_null(value))
        take_listed(draft, value);
}

/* ---- unique constraints ---- */

bool draft_deferral(const struct reader *reader, const struct yaml_value *value, enum model_deferral *deferral)
{
    static const char *const words[] = {"immediate", "deferred", NULL};
    size_t index;
    if (!reader_word(reader, value, "deferrable", words, &index))
        return false;
    *deferral = index == 0 ? DEFERRAL_IMMEDIATE : DEFERRAL_DEFERRED;
    return true;
}

static bool read_unique(const struct draft *draft, const struct yaml_value *value, struct model_unique *unique)
{
    static const struct reader_key keys[] = {{"name", KEY_OPTIONAL, NULL},
                                             {"columns", KEY_DEMANDED, NULL},
                                             {"include", KEY_OPTIONAL, NULL},
                                             {"nulls_not_distinct", KEY_OPTIONAL, NULL},
                                             {"deferrable", KEY_OPTIONAL, NULL}};
    const struct reader *reader = &draft->reader;
    if (value->kind == YAML_LIST)
        return draft_column_names(draft, value, "unique", &unique->columns);
    if (value->kind == YAML_TEXT)
        return reader_refuse(reader, value, "Write the columns as a list, for example [agent_id, name].",
                             "a unique constraint must be a list of columns, not a text");
    const struct yaml_value *part;
    bool ok = reader_map(reader, value, "a unique constraint", keys, countof(keys)) &&
              (part = yaml_get(value, "columns")) && draft_column_names(draft, part, "unique", &unique->columns);
    if (ok && (part = yaml_get(value, "name")))
        ok = reader_name(reader, part, "the name of a constraint", &unique->name);
    if (ok && (part = yaml_get(value, "include")))
        ok = draft_column_names(draft, part, "include", &unique->include);
    if (ok && (part = yaml_get(value, "nulls_not_distinct")))
        ok = reader_flag(reader, part, "nulls_not_distinct", &unique->is_nulls_not_distinct);
    if (ok && (part = yaml_get(value, "deferrable")))
        ok = draft_deferral(reader, part, &unique->deferral);
    return ok;
}

void draft_read_uniques(struct draft *draft)
{
    const struct reader *reader = &draft->reader;
    const struct yaml_value *many = yaml_get(draft->root, "unique"), *key;
    if (!many || !reader_many(reader, many, "unique"))
        return;
    struct model_unique *uniques = reader_array(reader, many->count, sizeof *uniques);
    size_t count = 0;
    for (size_t i = 0; i < many->count; i++) {
        const struct yaml_value *value = reader_thing(many, i, &key);
        struct model_unique *unique = &uniques[count];
        *unique = (struct model_unique){.place = reader_place(reader, key ? key : value)};
        if ((!key || reader_name(reader, key, "the name of a constraint", &unique->name)) &&
            read_unique(draft, value, unique))
            count++;
    }
    draft->entity->uniques = uniques;
    draft->entity->unique_count = count;
}

/* ---- checks ---- */

/* A condition, or {name: ..., check: ...}. */
static bool read_check(const struct reader *reader, const struct yaml_value *value, struct model_check *check)
{
    static const struct reader_key keys[] = {{"name", KEY_OPTIONAL, NULL}, {"check", KEY_DEMANDED, NULL}};
    if (value->kind == YAML_TEXT)
        return reader_sql(reader, value, "check", &check->condition);
    const struct yaml_value *name, *condition;
    if (!reader_map(reader, value, "a check", keys, countof(keys)) || !(condition = yaml_get(value, "check")))
        return false;
    name = yaml_get(value, "name");
    return (!name || reader_name(reader, name, "the name of a constraint", &check->name)) &&
           reader_sql(reader, condition, "check", &check->condition);
}

const struct model_check *draft_checks(const struct reader *reader, const struct yaml_value *value, size_t *count)
{
    bool is_one = value->kind == YAML_TEXT && !yaml_is_null(value);
    if (!is_one && !reader_many(reader, value, "checks"))
        return NULL;
    size_t total = is_one ? 1 : value->count;
    struct model_check *checks = reader_array(reader, total, sizeof *checks);
    for (size_t i = 0; i < total; i++) {
        const struct yaml_value *key = NULL, *condition = is_one ? value : reader_thing(value, i, &key);
        struct model_check *check = &checks[*count];
        *check = (struct model_check){.place = reader_place(reader, key ? key : condition)};
        if ((!key || reader_name(reader, key, "the name of a constraint", &check->name)) &&
            read_check(reader, condition, check))
            ++*count;
    }
    return checks;
}

void draft_read_checks(struct draft *draft)
{
    const struct yaml_value *value = yaml_get(draft->root, "checks");
    if (value)
        draft->entity->checks = draft_checks(&draft->reader, value, &draft->entity->check_count);
}

/* ---- indexes ---- */

static bool read_part(const struct draft *draft, const struct yaml_value *value, struct model_index_part *part)
{
    const char *text;
    if (!reader_text(&draft->reader, value, "a column of an index", &text))
        return false;
    if (draft_find_column(draft, text)) {
        part->column = text;
        return true;
    }
    struct model_names names; /* a bare word can only be meant as a column */
    if (is_plain_name(text))
        return draft_column_names(draft, value, "index", &names);
    return reader_sql(&draft->reader, value, "a column of an index", &part->expression);
}

static bool read_parts(const struct draft *draft, const struct yaml_value *value, struct model_index *index)
{
    const struct reader *reader = &draft->reader;
    size_t count = value->kind == YAML_LIST ? value->count : 1;
    if (value->kind == YAML_MAP || count == 0 || count > INDEX_PARTS_MOST)
        return reader_refuse(reader, value, "Write columns and expressions, for example [agent_id, \"lower(name)\"].",
                             "the columns of an index must be a list of 1 to %d", INDEX_PARTS_MOST);
    struct model_index_part *parts = reader_array(reader, count, sizeof *parts);
    bool ok = true;
    for (size_t i = 0; i < count; i++)
        ok &= read_part(draft, value->kind == YAML_LIST ? value->items[i] : value, &parts[i]);
    index->parts = parts;
    index->part_count = count;
    return ok;
}

static bool read_index(const struct draft *draft, const struct yaml_value *value, struct model_index *index)
{
    static const struct reader_key keys[] = {{"name", KEY_OPTIONAL, NULL},
                                             {"columns", KEY_DEMANDED, NULL},
                                             {"unique", KEY_OPTIONAL, NULL},
                                             {"using", KEY_OPTIONAL, NULL},
                                             {"where", KEY_OPTIONAL, NULL},
                                             {"include", KEY_OPTIONAL, NULL},
                                             {"nulls_not_distinct", KEY_OPTIONAL, NULL},
                                             {"with", KEY_OPTIONAL, NULL},
                                             {"comment", KEY_OPTIONAL, NULL}};
    const struct reader *reader = &draft->reader;
    if (value->kind == YAML_LIST)
        return read_parts(draft, value, index);
    const struct yaml_value *part;
    bool ok = reader_map(reader, value, "an index", keys, countof(keys)) && (part = yaml_get(value, "columns")) &&
              read_parts(draft, part, index);
    if (ok && (part = yaml_get(value, "name")))
        ok = reader_name(reader, part, "the name of an index", &index->name);
    if (ok && (part = yaml_get(value, "unique")))
        ok = reader_flag(reader, part, "unique", &index->is_unique);
    if (ok && (part = yaml_get(value, "using")))
        ok = reader_name(reader, part, "using", &index->method);
    if (ok && (part = yaml_get(value, "where")))
        ok = reader_sql(reader, part, "where", &index->predicate);
    if (ok && (part = yaml_get(value, "include")))
        ok = draft_column_names(draft, part, "include", &index->include);
    if (ok && (part = yaml_get(value, "nulls_not_distinct")))
        ok = reader_flag(reader, part, "nulls_not_distinct", &index->is_nulls_not_distinct);
    if (ok && (part = yaml_get(value, "with")))
        ok = reader_sql(reader, part, "with", &index->parameters);
    if (ok && (part = yaml_get(value, "comment")))
        ok = reader_text(reader, part, "comment", &index->comment);
    if (ok && index->comment && !index->name)
        ok = reader_refuse(reader, part, "Give it a name.", "an index with a comment must have a name");
    return ok;
}

void draft_read_indexes(struct draft *draft)
{
    const struct reader *reader = &draft->reader;
    const struct yaml_value *many = yaml_get(draft->root, "indexes"), *key;
    if (!many || !reader_many(reader, many, "indexes"))
        return;
    struct model_index *indexes = reader_array(reader, many->count, sizeof *indexes);
    size_t count = 0;
    for (size_t i = 0; i < many->count; i++) {
        const struct yaml_value *value = reader_thing(many, i, &key);
        struct model_index *index = &indexes[count];
        *index = (struct model_index){.place = reader_place(reader, key ? key : value)};
        if ((!key || reader_name(reader, key, "the name of an index", &index->name)) && read_index(draft, value, index))
            count++;
    }
    draft->entity->indexes = indexes;
    draft->entity->index_count = count;
}
