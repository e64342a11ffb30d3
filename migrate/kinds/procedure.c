/* Procedures: known by the types of the arguments that go in. One CREATE OR REPLACE changes whatever it may. */
#include "migrate/kinds/routine.h"

extern const char sql_procedure[], sql_procedure_12[];

static const struct field fields[] = {ROUTINE_FIELDS};

const struct kind kind_procedure = {
    .name = "procedure",
    .title = "procedure",
    .noun = "PROCEDURE",
    .queries = (const struct kind_query[]){{140000, sql_procedure}, {120000, sql_procedure_12}, {0, NULL}},
    .size_bytes = sizeof(struct routine_object),
    .fields = fields,
    .field_count = countof(fields),
    .spaces = SPACE_ROUTINE,
    .phrase = routine_phrase,
    .create = routine_create,
    .is_disturbed = routine_is_disturbed,
};
