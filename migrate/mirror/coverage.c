/* See coverage.h. */
#include "migrate/mirror/coverage.h"

/* What the YAML of models can say, and what comes with it. */
static const char *const always[] = {
    "schema", "enum",        "domain", "domain_constraint", "table", "column", "column_default", "primary_key",
    "unique", "foreign_key", "check",  "exclusion",         "index", NULL,
};

uint64_t coverage_of_kinds(const struct snapshot *models)
{
    uint64_t covered = 0;
    for (size_t i = 0; always[i]; i++) {
        const struct kind *kind = kind_find(always[i]);
        covered |= kind ? UINT64_C(1) << kind_id(kind) : 0;
    }
    for (size_t id = 0; id < KIND_COUNT; id++)
        if (models->first[id + 1] > models->first[id])
            covered |= UINT64_C(1) << id;
    return covered;
}

uint64_t coverage_of_comments(const struct snapshot *models)
{
    uint64_t commented = 0;
    for (size_t i = 0; i < models->count; i++)
        if (models->objects[i]->comment)
            commented |= UINT64_C(1) << kind_id(models->objects[i]->kind);
    return commented;
}
