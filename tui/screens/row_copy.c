/* See row_copy.h. */
#include "tui/screens/row_copy.h"

#include "tui/entities.h"

static void copy(struct console *console, const char *what, const char *text)
{
    terminal_copy(console->terminal, text, strlen(text));
    console_say(console, MESSAGE_NOTE, "copied %.80s: %zu bytes, by way of the terminal (OSC 52)", what, strlen(text));
}

void row_copy_value(struct console *console, const struct entity_column *column, const char *value)
{
    if (value)
        copy(console, column->name, value);
    else
        console_say(console, MESSAGE_NOTE, "%.80s is NULL: there is nothing to copy.", column->name);
}

void row_copy_json(struct console *console, const struct entity *entity, const char *const *values)
{
    json_t *object = json_object();
    for (size_t i = 0; i < entity->column_count; i++)
        json_object_set_new(object, entity->columns[i].name, entities_value_json(&entity->columns[i], values[i]));
    char *text = json_dumps(object, JSON_COMPACT);
    copy(console, "the row", text ? text : "");
    free(text);
    json_decref(object);
}
