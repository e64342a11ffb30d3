/* The two forms of an error: JSON for scripts, and the lines that a person reads. */
#include "store/text.h"
#include "tui/printer.h"

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, printer_json_text(text));
}

static void set_number(json_t *object, const char *key, int number)
{
    if (number > 0)
        json_object_set_new(object, key, json_integer(number));
}

json_t *printer_error_json(const struct error *error)
{
    json_t *json = json_object();
    json_object_set_new(json, "code", json_string(error_kind(error->code)->name));
    json_object_set_new(json, "message", printer_json_text(error->message ? error->message : ""));
    set_text(json, "detail", error->detail);
    set_text(json, "stands", error->stands);
    set_text(json, "hint", error->hint);
    set_text(json, "context", error->context);
    set_text(json, "sqlstate", error->sqlstate);
    set_text(json, "file", error->file);
    set_number(json, "line", error->line);
    set_number(json, "column", error->column);
    set_number(json, "statement", error->statement);
    set_text(json, "schema", error->schema);
    set_text(json, "table", error->table);
    set_text(json, "column_name", error->column_name);
    set_text(json, "constraint", error->constraint);
    return json;
}

/* Further lines are indented, so that no text of a server can pass for a hint of ours. */
static char *append_lines(char *buffer, const char *label, const char *text)
{
    buffer = talloc_strdup_append_buffer(buffer, label);
    for (;;) {
        size_t length = strcspn(text, "\n");
        buffer = talloc_strndup_append_buffer(buffer, text, length);
        buffer = talloc_strdup_append_buffer(buffer, "\n");
        if (!text[length] || !text[length + 1])
            return buffer;
        text += length + 1;
        buffer = talloc_strdup_append_buffer(buffer, "    ");
    }
}

static char *place(TALLOC_CTX *owner, const struct error *error)
{
    if (!error->file)
        return talloc_strdup(owner, "pgdeck: ");
    char *text = talloc_asprintf(owner, "%s:", text_sanitise(owner, error->file, strlen(error->file), TEXT_ONE_LINE));
    if (error->line > 0)
        text = talloc_asprintf_append_buffer(text, "%d:", error->line);
    if (error->line > 0 && error->column > 0)
        text = talloc_asprintf_append_buffer(text, "%d:", error->column);
    return talloc_strdup_append_buffer(text, " ");
}

char *printer_error_text(TALLOC_CTX *owner, const struct error *error)
{
    const char *message = error->message && *error->message ? error->message : error_kind(error->code)->text;
    char *what = error->sqlstate[0] ? talloc_asprintf(owner, "%s (%s)", message, error->sqlstate)
                                    : talloc_strdup(owner, message);
    char *text = append_lines(place(owner, error), "", what);
    if (error->detail)
        text = append_lines(text, "detail: ", error->detail);
    if (error->context)
        text = append_lines(text, "context: ", error->context);
    if (error->stands)
        text = append_lines(text, "stands: ", error->stands);
    if (error->hint)
        text = append_lines(text, "hint: ", error->hint);
    talloc_free(what);
    return text;
}
