/* See expected.h. */
#include "migrate/expected.h"

#include <stdlib.h>

#include "migrate/statement.h"

/* ---- what is expected ---- */

struct names {
    TALLOC_CTX *owner;
    const char **items;
    size_t count;
};

static void add_name(struct names *names, const char *name)
{
    names->items = talloc_realloc(names->owner, names->items, const char *, (unsigned)names->count + 2);
    names->items[names->count++] = talloc_strdup(names->items, name);
    names->items[names->count] = NULL;
}

static bool is_relation(const char *kind)
{
    static const char *const kinds[] = {"table", "view", "materialized view", "foreign table"};
    for (size_t i = 0; i < countof(kinds); i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

static void add_facts(struct names *names, const struct facts *facts)
{
    for (size_t i = 0; i < facts->lock_count; i++)
        add_name(names, facts->locks[i].relation);
    for (size_t i = 0; i < facts->created_count; i++)
        if (is_relation(facts->created[i].kind))
            add_name(names, facts->created[i].name);
    for (size_t i = 0; i < facts->change_count; i++)
        if (facts->changes[i].what == BECAME_RENAMED && facts->changes[i].to && is_relation(facts->changes[i].kind))
            add_name(names, facts->changes[i].to);
}

static int by_text(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

const char *const *expected_relations(TALLOC_CTX *owner, const struct plan_step *step)
{
    struct names names = {.owner = owner, .items = talloc_zero_array(owner, const char *, 1)};
    for (size_t i = step->first_statement; step->facts && i < step->file->statements.count; i++)
        add_facts(&names, &step->facts[i]);
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, by_text);
    size_t kept = 0;
    for (size_t i = 0; i < names.count; i++)
        if (kept == 0 || strcmp(names.items[kept - 1], names.items[i]) != 0)
            names.items[kept++] = names.items[i];
    names.items[kept] = NULL;
    return names.items;
}

int expected_code_line(const struct plan_step *step)
{
    static const char *const words[] = {"DO", "CALL", "SELECT", "WITH", "EXECUTE", "VALUES"};
    TALLOC_CTX *memory = talloc_new(NULL);
    int line = 0;
    for (size_t i = 0; line == 0 && i < step->file->statements.count; i++) {
        const struct statement *statement = &step->file->statements.items[i];
        const char *first[1] = {""};
        statement_words(memory, statement, first, 1);
        for (size_t j = 0; j < countof(words); j++)
            line = strcmp(first[0], words[j]) == 0 ? statement->line : line;
    }
    talloc_free(memory);
    return line;
}

/* ---- as JSON ---- */

static json_t *shape_json(const struct shape *shape)
{
    json_t *array = json_array();
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_item *item = &shape->items[i];
        if (json_array_append_new(array,
                                  json_pack("[s, s, s, s]", item->relation, item->kind, item->name, item->text)) == 0)
            continue;
        json_decref(array); /* a text that is no UTF-8 */
        return NULL;
    }
    return array;
}

json_t *expected_to_json(const struct expected *expected)
{
    json_t *relations = json_array();
    if (!expected || expected->reason) {
        json_decref(relations);
        return json_pack("{s:s}", "reason", expected ? expected->reason : "it was not measured");
    }
    for (size_t i = 0; expected->relations[i]; i++)
        json_array_append_new(relations, json_string(expected->relations[i]));
    return json_pack("{s:o, s:o, s:o, s:i}", "relations", relations, "before", shape_json(&expected->before), "after",
                     shape_json(&expected->after), "code", expected->code_line);
}

static bool take_shape(TALLOC_CTX *owner, const json_t *json, struct shape *shape)
{
    size_t count = json_array_size(json);
    shape->items = talloc_zero_array(owner, struct shape_item, (unsigned)count + 1);
    shape->count = count;
    for (size_t i = 0; i < count; i++) {
        const char *texts[4];
        for (size_t j = 0; j < 4; j++) {
            const char *text = json_string_value(json_array_get(json_array_get(json, i), j));
            if (!text)
                return false;
            texts[j] = talloc_strdup(shape->items, text);
        }
        shape->items[i] = (struct shape_item){texts[0], texts[1], texts[2], texts[3]};
    }
    return json_is_array(json);
}

struct expected *expected_of_json(TALLOC_CTX *owner, const json_t *json)
{
    struct expected *expected = talloc_zero(owner, struct expected);
    const char *reason = json_string_value(json_object_get(json, "reason"));
    const json_t *relations = json_object_get(json, "relations");
    struct names names = {.owner = expected, .items = talloc_zero_array(expected, const char *, 1)};
    bool ok = true;
    for (size_t i = 0; ok && i < json_array_size(relations); i++) {
        const char *name = json_string_value(json_array_get(relations, i));
        ok = name;
        if (ok)
            add_name(&names, name);
    }
    expected->relations = names.items;
    expected->reason = reason ? talloc_strdup(expected, reason) : NULL;
    expected->code_line = (int)json_integer_value(json_object_get(json, "code"));
    ok = ok && (reason || (take_shape(expected, json_object_get(json, "before"), &expected->before) &&
                           take_shape(expected, json_object_get(json, "after"), &expected->after)));
    if (!ok)
        TALLOC_FREE(expected);
    return expected;
}

/* ---- comparing ---- */

const char *expected_verdict_name(enum verdict_state state)
{
    static const char *const names[] = {
        [VERDICT_NONE] = "not_compared",
        [VERDICT_SAME] = "as_expected",
        [VERDICT_UNCLEAR] = "unclear",
        [VERDICT_DIFFERS] = "differs",
    };
    return names[state];
}

struct verdict *expected_skip(TALLOC_CTX *owner, const char *reason)
{
    struct verdict *verdict = talloc_zero(owner, struct verdict);
    verdict->reason = talloc_strdup(verdict, reason);
    return verdict;
}

/* A relation that was another one beforehand is left out: what the file makes of it was not measured. */
static bool was_same(struct verdict *verdict, const struct expected *expected, const struct shape *before,
                     const char *relation)
{
    const char *first[1];
    if (shape_differences(verdict, &expected->before, before, relation, first, 1) == 0)
        return true;
    if (!verdict->reason)
        verdict->reason =
            talloc_asprintf(verdict, "the live schema differed from the measured copy beforehand: %s", first[0]);
    return false;
}

struct verdict *expected_judge(TALLOC_CTX *owner, const struct expected *expected, const struct shape *before,
                               const struct shape *after)
{
    struct verdict *verdict = talloc_zero(owner, struct verdict);
    const char **texts = talloc_zero_array(verdict, const char *, VERDICT_MOST + 1);
    size_t compared = 0;
    for (const char *const *relation = expected->relations; *relation; relation++) {
        if (!was_same(verdict, expected, before, *relation))
            continue;
        size_t room = verdict->count < VERDICT_MOST ? VERDICT_MOST - verdict->count : 0;
        verdict->count +=
            shape_differences(verdict, &expected->after, after, *relation, texts + (VERDICT_MOST - room), room);
        compared++;
    }
    verdict->differences = verdict->count > 0 ? texts : NULL;
    if (verdict->count > 0 && expected->code_line > 0) {
        verdict->state = VERDICT_UNCLEAR;
        verdict->reason =
            talloc_asprintf(verdict, "the file runs code (line %d), which may do something else where there are rows",
                            expected->code_line);
    } else if (verdict->count > 0) {
        verdict->state = VERDICT_DIFFERS;
    } else {
        verdict->state = compared > 0 || !*expected->relations ? VERDICT_SAME : VERDICT_NONE;
    }
    return verdict;
}

json_t *expected_verdict_json(const struct verdict *verdict)
{
    if (!verdict)
        return json_null();
    json_t *differences = json_array();
    for (size_t i = 0; verdict->differences && verdict->differences[i]; i++)
        json_array_append_new(differences, json_string(verdict->differences[i]));
    return json_pack("{s:s, s:s?, s:o, s:I}", "state", expected_verdict_name(verdict->state), "reason", verdict->reason,
                     "differences", differences, "count", (json_int_t)verdict->count);
}
