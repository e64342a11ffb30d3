/* See facts_json.h. */
#include "migrate/facts_json.h"

#include "store/text.h"

/* ---- to JSON ---- */

static json_t *text_json(const char *text)
{
    if (!text)
        return json_null();
    char *valid = text_encode(NULL, text, strlen(text));
    json_t *json = json_string(valid);
    talloc_free(valid);
    return json;
}

static json_t *kind_json(char relkind)
{
    const char text[] = {relkind ? relkind : '-', '\0'};
    return json_string(text);
}

static json_t *locks_json(const struct facts *facts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < facts->lock_count; i++)
        json_array_append_new(array,
                              json_pack("{s:o, s:o, s:s, s:b}", "relation", text_json(facts->locks[i].relation),
                                        "relkind", kind_json(facts->locks[i].relkind), "mode",
                                        lock_mode_name(facts->locks[i].mode), "unnamed", facts->locks[i].is_unnamed));
    return array;
}

static json_t *relations_json(const struct fact_relation *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:o, s:o, s:I, s:I}", "relation", text_json(items[i].relation),
                                               "relkind", kind_json(items[i].relkind), "before",
                                               (json_int_t)items[i].before, "after", (json_int_t)items[i].after));
    return array;
}

static json_t *objects_json(const struct fact_object *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:o, s:o, s:b, s:s}", "kind", text_json(items[i].kind), "name",
                                               text_json(items[i].name), "unnamed", items[i].is_unnamed, "state",
                                               items[i].state ? items[i].state : ""));
    return array;
}

static json_t *changes_json(const struct facts *facts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < facts->change_count; i++) {
        const struct fact_change *change = &facts->changes[i];
        json_array_append_new(array, json_pack("{s:s, s:o, s:o, s:o, s:o}", "what", fact_change_name(change->what),
                                               "kind", text_json(change->kind), "name", text_json(change->name), "from",
                                               text_json(change->from), "to", text_json(change->to)));
    }
    return array;
}

static json_t *tuples_json(const struct facts *facts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < facts->tuple_count; i++) {
        const struct fact_tuples *tuples = &facts->tuples[i];
        json_array_append_new(array, json_pack("{s:o, s:I, s:I, s:I}", "relation", text_json(tuples->relation),
                                               "inserted", (json_int_t)tuples->inserted, "updated",
                                               (json_int_t)tuples->updated, "deleted", (json_int_t)tuples->deleted));
    }
    return array;
}

static json_t *seeks_json(const struct facts *facts)
{
    json_t *array = json_array();
    for (size_t i = 0; i < facts->seek_count; i++)
        json_array_append_new(array, json_pack("{s:o, s:o, s:b}", "index", text_json(facts->seeks[i].index), "table",
                                               text_json(facts->seeks[i].table), "unique", facts->seeks[i].is_unique));
    return array;
}

static json_t *lines_json(const char *const *lines)
{
    json_t *array = json_array();
    for (size_t i = 0; lines && lines[i]; i++)
        json_array_append_new(array, text_json(lines[i]));
    return array;
}

json_t *facts_to_json(const struct facts *facts)
{
    json_t *json = json_object();
    json_object_set_new(json, "source", json_string(fact_source_name(facts)));
    json_object_set_new(json, "reason", text_json(facts->reason));
    json_object_set_new(json, "sqlstate", text_json(facts->sqlstate ? facts->sqlstate : ""));
    json_object_set_new(json, "failure", text_json(facts->failure));
    json_object_set_new(json, "locks", locks_json(facts));
    json_object_set_new(json, "rewrites", relations_json(facts->rewrites, facts->rewrite_count));
    json_object_set_new(json, "truncated", relations_json(facts->truncated, facts->truncated_count));
    json_object_set_new(json, "scans", relations_json(facts->scans, facts->scan_count));
    json_object_set_new(json, "index_scans", seeks_json(facts));
    json_object_set_new(json, "created", objects_json(facts->created, facts->created_count));
    json_object_set_new(json, "dropped", objects_json(facts->dropped, facts->dropped_count));
    json_object_set_new(json, "changes", changes_json(facts));
    json_object_set_new(json, "tuples", tuples_json(facts));
    json_object_set_new(json, "privileges", lines_json(facts->privileges));
    json_object_set_new(json, "settings", lines_json(facts->settings));
    return json;
}

/* ---- and back ---- */

struct reader {
    TALLOC_CTX *owner;
    const json_t *json;
};

static const char *text_of(const struct reader *reader, const json_t *item, const char *key)
{
    const char *text = json_string_value(json_object_get(item, key));
    return text ? talloc_strdup(reader->owner, text) : NULL;
}

static int64_t number_of(const json_t *item, const char *key) { return json_integer_value(json_object_get(item, key)); }

static bool flag_of(const json_t *item, const char *key) { return json_is_true(json_object_get(item, key)); }

static char relkind_of(const json_t *item)
{
    const char *text = json_string_value(json_object_get(item, "relkind"));
    return text ? text[0] : '-';
}

/* The array of a key, and room for as many values. */
static void *room_for(const struct reader *reader, const char *key, size_t size_bytes, size_t *count,
                      const json_t **array)
{
    *array = json_object_get(reader->json, key);
    *count = json_array_size(*array);
    void *items = talloc_zero_size(reader->owner, (*count + 1) * size_bytes);
    if (!items)
        abort();
    return items;
}

static void read_locks(const struct reader *reader, struct facts *facts)
{
    const json_t *array;
    struct fact_lock *items = room_for(reader, "locks", sizeof *items, &facts->lock_count, &array);
    for (size_t i = 0; i < facts->lock_count; i++) {
        const json_t *item = json_array_get(array, i);
        const char *mode = json_string_value(json_object_get(item, "mode"));
        items[i] = (struct fact_lock){text_of(reader, item, "relation"), relkind_of(item),
                                      lock_mode_parse(mode ? mode : ""), flag_of(item, "unnamed")};
    }
    facts->locks = items;
}

static const struct fact_relation *read_relations(const struct reader *reader, const char *key, size_t *count)
{
    const json_t *array;
    struct fact_relation *items = room_for(reader, key, sizeof *items, count, &array);
    for (size_t i = 0; i < *count; i++) {
        const json_t *item = json_array_get(array, i);
        items[i] = (struct fact_relation){text_of(reader, item, "relation"), relkind_of(item),
                                          number_of(item, "before"), number_of(item, "after")};
    }
    return items;
}

static void read_seeks(const struct reader *reader, struct facts *facts)
{
    const json_t *array;
    struct fact_seek *items = room_for(reader, "index_scans", sizeof *items, &facts->seek_count, &array);
    for (size_t i = 0; i < facts->seek_count; i++) {
        const json_t *item = json_array_get(array, i);
        items[i] =
            (struct fact_seek){text_of(reader, item, "index"), text_of(reader, item, "table"), flag_of(item, "unique")};
    }
    facts->seeks = items;
}

static const struct fact_object *read_objects(const struct reader *reader, const char *key, size_t *count)
{
    const json_t *array;
    struct fact_object *items = room_for(reader, key, sizeof *items, count, &array);
    for (size_t i = 0; i < *count; i++) {
        const json_t *item = json_array_get(array, i);
        items[i] = (struct fact_object){text_of(reader, item, "kind"), text_of(reader, item, "name"),
                                        flag_of(item, "unnamed"), text_of(reader, item, "state")};
    }
    return items;
}

static void read_changes(const struct reader *reader, struct facts *facts)
{
    const json_t *array;
    struct fact_change *items = room_for(reader, "changes", sizeof *items, &facts->change_count, &array);
    for (size_t i = 0; i < facts->change_count; i++) {
        const json_t *item = json_array_get(array, i);
        const char *what = json_string_value(json_object_get(item, "what"));
        items[i] = (struct fact_change){fact_change_parse(what ? what : ""), text_of(reader, item, "kind"),
                                        text_of(reader, item, "name"), text_of(reader, item, "from"),
                                        text_of(reader, item, "to")};
    }
    facts->changes = items;
}

static void read_tuples(const struct reader *reader, struct facts *facts)
{
    const json_t *array;
    struct fact_tuples *items = room_for(reader, "tuples", sizeof *items, &facts->tuple_count, &array);
    for (size_t i = 0; i < facts->tuple_count; i++) {
        const json_t *item = json_array_get(array, i);
        items[i] = (struct fact_tuples){text_of(reader, item, "relation"), number_of(item, "inserted"),
                                        number_of(item, "updated"), number_of(item, "deleted")};
    }
    facts->tuples = items;
}

static const char *const *read_lines(const struct reader *reader, const char *key)
{
    const json_t *array;
    size_t count;
    const char **items = room_for(reader, key, sizeof *items, &count, &array);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        items[i] = talloc_strdup(reader->owner, text ? text : "");
    }
    return count ? items : NULL;
}

bool facts_of_json(TALLOC_CTX *owner, const json_t *json, struct facts *facts)
{
    const struct reader reader = {owner, json};
    const char *source = json_string_value(json_object_get(json, "source"));
    struct facts read = {.reason = text_of(&reader, json, "reason"), .failure = text_of(&reader, json, "failure")};
    if (!source || !fact_source_parse(source, &read))
        return false;
    read.sqlstate = text_of(&reader, json, "sqlstate");
    read_locks(&reader, &read);
    read.rewrites = read_relations(&reader, "rewrites", &read.rewrite_count);
    read.truncated = read_relations(&reader, "truncated", &read.truncated_count);
    read.scans = read_relations(&reader, "scans", &read.scan_count);
    read_seeks(&reader, &read);
    read.created = read_objects(&reader, "created", &read.created_count);
    read.dropped = read_objects(&reader, "dropped", &read.dropped_count);
    read_changes(&reader, &read);
    read_tuples(&reader, &read);
    read.privileges = read_lines(&reader, "privileges");
    read.settings = read_lines(&reader, "settings");
    *facts = read;
    return true;
}
