/* The script as a text. */
#include "migrate/emit.h"

static char *add_statement(char *text, const struct emit_statement *statement)
{
    if (statement->traits & EMIT_LOSES_DATA)
        text = talloc_strdup_append_buffer(text, "-- loses data\n");
    return talloc_asprintf_append_buffer(text, "%s;\n", statement->sql);
}

static char *add_all(char *text, const struct emit_script *script, unsigned outside)
{
    for (size_t i = 0; i < script->count; i++)
        if ((script->statements[i].traits & EMIT_OUTSIDE) == outside)
            text = add_statement(text, &script->statements[i]);
    return text;
}

char *emit_text(TALLOC_CTX *owner, const struct emit_script *script)
{
    char *text = talloc_strdup(owner, "");
    bool is_split = script->transaction == SCRIPT_SPLIT;
    if (is_split) {
        text = talloc_strdup_append_buffer(text, "-- pgdeck: no-transaction\n");
        text = add_all(text, script, EMIT_OUTSIDE);
        text = talloc_strdup_append_buffer(text, "BEGIN;\n");
    }
    if (script->has_routines)
        text = talloc_strdup_append_buffer(text, "SET check_function_bodies = off;\n");
    text = add_all(text, script, EMIT_PLAIN);
    if (script->has_routines)
        text = talloc_strdup_append_buffer(text, "RESET check_function_bodies;\n");
    return is_split ? talloc_strdup_append_buffer(text, "COMMIT;\n") : text;
}
