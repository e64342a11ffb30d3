/* See touched.h. */
#include "migrate/touched.h"

#include <stdlib.h>

extern const char sql_touched[];

struct names {
    const char **items;
    size_t count;
};

static int by_text(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void add_name(struct names *names, TALLOC_CTX *owner, const char *name)
{
    names->items = talloc_realloc(owner, names->items, const char *, (unsigned)names->count + 1);
    names->items[names->count++] = name;
}

static void sort_out(struct names *names)
{
    size_t kept = 0;
    if (names->count)
        qsort(names->items, names->count, sizeof *names->items, by_text);
    for (size_t i = 0; i < names->count; i++)
        if (!kept || strcmp(names->items[kept - 1], names->items[i]) != 0)
            names->items[kept++] = names->items[i];
    names->count = kept;
}

/* As an array's text: {"a","b"}. */
static char *array_of(TALLOC_CTX *owner, const struct names *names)
{
    char *array = talloc_strdup(owner, "{");
    for (size_t i = 0; i < names->count; i++) {
        array = talloc_strdup_append_buffer(array, i ? ",\"" : "\"");
        for (const char *at = names->items[i]; *at; at++)
            array = talloc_asprintf_append_buffer(array, "%s%c", strchr("\"\\", *at) ? "\\" : "", *at);
        array = talloc_strdup_append_buffer(array, "\"");
    }
    return talloc_strdup_append_buffer(array, "}");
}

static const char *const *read_lines(TALLOC_CTX *owner, struct connection *connection, const struct names *names,
                                     struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *result =
        connection_query(memory, connection, PARAMETERS(array_of(memory, names)), error, sql_touched);
    const char **lines = NULL;
    if (result) {
        size_t count = result_row_count(result);
        lines = talloc_zero_array(owner, const char *, (unsigned)count + 1);
        for (size_t i = 0; i < count; i++)
            lines[i] = talloc_asprintf(lines, "%s %s", result_cell(result, i, 1), result_cell(result, i, 0));
    }
    talloc_free(memory);
    return lines;
}

const char *const *touched_read(TALLOC_CTX *owner, struct connection *connection, const struct plan *plan,
                                struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct names names = {0};
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];
        for (size_t j = step->first_statement; step->facts && j < step->file->statements.count; j++)
            for (size_t k = 0; k < step->facts[j].lock_count; k++)
                add_name(&names, memory, step->facts[j].locks[k].relation);
    }
    sort_out(&names);
    const char *const *lines = read_lines(owner, connection, &names, error);
    talloc_free(memory);
    return lines;
}

static const char *name_of(const char *line)
{
    const char *blank = strchr(line, ' ');
    return blank ? blank + 1 : "";
}

const char *const *touched_again(TALLOC_CTX *owner, struct connection *connection, const char *const *lines,
                                 struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct names names = {0};
    for (size_t i = 0; lines[i]; i++)
        add_name(&names, memory, name_of(lines[i]));
    const char *const *now = read_lines(owner, connection, &names, error);
    talloc_free(memory);
    return now;
}

const char *touched_difference(const char *const *before, const char *const *now)
{
    size_t i = 0;
    while (before[i] && now[i] && strcmp(before[i], now[i]) == 0)
        i++;
    return before[i] ? name_of(before[i]) : now[i] ? "another relation" : NULL;
}
