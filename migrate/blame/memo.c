/* See memo.h. */
#include "migrate/blame/memo.h"

#include <jansson.h>

#include "migrate/scratch/private.h"

#define ROWS_MOST "20000"

static char *dump(TALLOC_CTX *owner, json_t *value)
{
    char *dumped = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    char *text = talloc_strdup(owner, dumped ? dumped : "null");
    free(dumped);
    json_decref(value);
    return text;
}

struct row {
    const char *fact, *blame;
};
static const struct column row_columns[] = {COLUMN(struct row, fact), COLUMN(struct row, blame)};

static int compare_rows(const void *one, const void *other)
{
    return strcmp(((const struct row *)one)->fact, ((const struct row *)other)->fact);
}

static void fill_in(struct facts *facts, struct row *rows, size_t count)
{
    qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < facts->count; i++) {
        const struct row key = {.fact = facts->items[i].digest};
        const struct row *row = bsearch(&key, rows, count, sizeof *rows, compare_rows);
        if (row)
            facts->items[i].blame = talloc_strdup(facts, row->blame);
    }
}

bool memo_recall(struct scratch *scratch, const char *key, struct facts *facts, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    json_t *digests = json_array();
    for (size_t i = 0; i < facts->count; i++)
        json_array_append_new(digests, json_string(facts->items[i].digest));
    struct result *result = admin_query(memory, scratch, PARAMETERS(key, dump(memory, digests)), error,
                                        "SELECT fact, blame FROM pgdeck.blame WHERE key = $1 AND fact IN"
                                        " (SELECT pg_catalog.json_array_elements_text($2::json))");
    size_t count = 0;
    struct row *rows =
        result ? result_bind(result, row_columns, countof(row_columns), sizeof *rows, &count, error) : NULL;
    if (rows)
        fill_in(facts, rows, count);
    talloc_free(memory);
    return rows;
}

bool memo_keep(struct scratch *scratch, const char *key, const struct facts *facts, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    json_t *found = json_object();
    for (size_t i = 0; i < facts->count; i++) {
        const char *blame = facts->items[i].change->blame;
        json_object_set_new(found, facts->items[i].digest, json_string(blame ? blame : ""));
    }
    bool ok = admin_execute(scratch, PARAMETERS(key, dump(memory, found)), error,
                            "INSERT INTO pgdeck.blame (key, fact, blame)"
                            " SELECT $1, e.key, e.value FROM pg_catalog.json_each_text($2::json) AS e"
                            " ON CONFLICT (key, fact) DO UPDATE SET blame = excluded.blame, at = excluded.at") &&
              admin_execute(scratch, NO_PARAMETERS, error,
                            "DELETE FROM pgdeck.blame WHERE at < (SELECT at FROM pgdeck.blame ORDER BY at DESC"
                            " OFFSET " ROWS_MOST " LIMIT 1)");
    talloc_free(memory);
    return ok;
}
