/* Functions, window functions too: known by the types of their arguments. One CREATE OR REPLACE changes whatever it
 * may. */
#include "migrate/kinds/routine.h"

extern const char sql_function[], sql_function_12[];

static bool is_set(const char *returns) { return !strncmp(returns, "SETOF ", strlen("SETOF ")); }

/* Where both have OUT arguments, these tell what comes back. */
static bool is_same_result(const struct object *from, const struct object *to)
{
    const struct routine_object *old = (const struct routine_object *)from, *new = (const struct routine_object *)to;
    return kind_is_true(old->has_outputs) && kind_is_true(new->has_outputs) &&
           is_set(old->returns) == is_set(new->returns);
}

#define ALTERED(member, how_severe)                                                                                    \
    FIELD(struct routine_object, member, .role = FIELD_ALTER, .severity = how_severe, .alter = routine_alter)

static const struct field fields[] = {
    ROUTINE_FIELDS,
    FIELD(struct routine_object, returns, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING,
          .is_same = is_same_result),
    ALTERED(volatility, SEVERITY_BEHAVIOURAL),
    ALTERED(strict, SEVERITY_BEHAVIOURAL),
    ALTERED(leakproof, SEVERITY_BEHAVIOURAL),
    ALTERED(parallel, SEVERITY_PERFORMANCE),
    ALTERED(cost, SEVERITY_PERFORMANCE),
    ALTERED(rows, SEVERITY_PERFORMANCE),
    ALTERED(support, SEVERITY_PERFORMANCE),
    FIELD(struct routine_object, window, .role = FIELD_REPLACE, .severity = SEVERITY_BREAKING),
    FIELD(struct routine_object, has_outputs, .role = FIELD_FACT),
};

const struct kind kind_function = {
    .name = "function",
    .title = "function",
    .noun = "FUNCTION",
    .queries = (const struct kind_query[]){{140000, sql_function}, {120000, sql_function_12}, {0, NULL}},
    .size_bytes = sizeof(struct routine_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_ROUTINE,
    .phrase = routine_phrase,
    .create = routine_create,
    .is_disturbed = routine_is_disturbed,
};
