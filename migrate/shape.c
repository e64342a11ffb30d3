/* See shape.h. */
#include "migrate/shape.h"

#include <stdlib.h>

extern const char sql_shape[];

static const struct column columns[] = {
    COLUMN(struct shape_item, relation),
    COLUMN(struct shape_item, kind),
    COLUMN(struct shape_item, name),
    COLUMN(struct shape_item, text),
};

/* As an array's text: {"a","b"}. */
static char *array_of(TALLOC_CTX *owner, const char *const *names)
{
    char *array = talloc_strdup(owner, "{");
    for (size_t i = 0; names[i]; i++) {
        array = talloc_strdup_append_buffer(array, i ? ",\"" : "\"");
        for (const char *at = names[i]; *at; at++)
            array = talloc_asprintf_append_buffer(array, "%s%c", strchr("\"\\", *at) ? "\\" : "", *at);
        array = talloc_strdup_append_buffer(array, "\"");
    }
    return talloc_strdup_append_buffer(array, "}");
}

static int by_name(const void *left, const void *right)
{
    const struct shape_item *one = left, *other = right;
    int order = strcmp(one->relation, other->relation);
    order = order ? order : strcmp(one->kind, other->kind);
    return order ? order : strcmp(one->name, other->name);
}

bool shape_read(TALLOC_CTX *owner, struct connection *connection, const char *const *relations, struct shape *shape,
                struct error *error)
{
    const char *names = relations ? array_of(owner, relations) : NULL;
    struct result *result = connection_query(owner, connection, PARAMETERS(names), error, sql_shape);
    size_t count;
    struct shape_item *items =
        result ? result_bind(result, columns, countof(columns), sizeof *items, &count, error) : NULL;
    if (!items)
        return false;
    if (count > 0)
        qsort(items, count, sizeof *items, by_name);
    *shape = (struct shape){items, count};
    return true;
}

size_t shape_find(const struct shape *shape, const char *relation, size_t *first)
{
    size_t from = 0, to = shape->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(shape->items[middle].relation, relation) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    *first = from;
    for (to = from; to < shape->count && strcmp(shape->items[to].relation, relation) == 0;)
        to++;
    return to - from;
}

/* ---- differences ---- */

struct words {
    TALLOC_CTX *owner;
    const char **texts;
    size_t count, most;
};

static void add(struct words *words, char *text)
{
    if (words->count < words->most)
        words->texts[words->count] = text;
    words->count++;
}

static const char *title(const struct words *words, const struct shape_item *item)
{
    if (strcmp(item->kind, "relation") == 0)
        return item->relation;
    return talloc_asprintf(words->owner, "%s %s of %s", item->kind, item->name, item->relation);
}

/* An index's own definition says all that its title says; the rest needs both. */
static void compare_items(struct words *words, const struct shape_item *wanted, const struct shape_item *now)
{
    if (!now)
        add(words, talloc_asprintf(words->owner, "%s is missing: expected was %s", title(words, wanted), wanted->text));
    else if (!wanted)
        add(words,
            talloc_asprintf(words->owner, "%s is there, and was not expected: %s", title(words, now), now->text));
    else if (strcmp(wanted->text, now->text) != 0)
        add(words,
            talloc_asprintf(words->owner, "%s is %s; expected was %s", title(words, now), now->text, wanted->text));
}

size_t shape_differences(TALLOC_CTX *owner, const struct shape *wanted, const struct shape *now, const char *relation,
                         const char **texts, size_t most)
{
    struct words words = {owner, texts, 0, most};
    size_t one, other, ones = shape_find(wanted, relation, &one), others = shape_find(now, relation, &other);
    if (ones > 0 && others == 0)
        add(&words, talloc_asprintf(owner, "%s is missing", relation));
    else if (ones == 0 && others > 0)
        add(&words, talloc_asprintf(owner, "%s is there, and was not expected", relation));
    else
        for (size_t one_end = one + ones, other_end = other + others; one < one_end || other < other_end;) {
            const struct shape_item *left = one < one_end ? &wanted->items[one] : NULL;
            const struct shape_item *right = other < other_end ? &now->items[other] : NULL;
            int order = !left ? 1 : !right ? -1 : by_name(left, right);
            compare_items(&words, order <= 0 ? left : NULL, order >= 0 ? right : NULL);
            one += order <= 0;
            other += order >= 0;
        }
    return words.count;
}
