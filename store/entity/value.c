/* Values and keys: from a person's words and back. */
#include "store/entity/write.h"

const char *entity_column_refusal(const struct entity_column *column)
{
    if (column->is_generated)
        return "the server computes it";
    if (*column->identity == 'a')
        return "the server numbers it (GENERATED ALWAYS)";
    return NULL;
}

bool entity_column_is_writable(const struct entity *entity, const struct entity_column *column, struct error *error)
{
    const char *reason = entity_column_refusal(column);
    if (!reason)
        return true;
    error_set(error, ERROR_USAGE, "%s of %s cannot be written: %s", column->name, entity->name, reason);
    return error_hint(error, "Leave it out: the server gives its value.");
}

/* The column before the first "=" that some column's name ends at: names may hold one, too. */
static const struct entity_column *find_column(const struct entity *entity, const char *text, const char **value)
{
    const struct entity_column *found = NULL;
    for (size_t i = 0; i < entity->column_count; i++) {
        size_t size = strlen(entity->columns[i].name);
        if (strncmp(text, entity->columns[i].name, size) != 0 || text[size] != '=')
            continue;
        if (found && strlen(found->name) > size)
            continue;
        found = &entity->columns[i];
        *value = text + size + 1;
    }
    return found;
}

bool entity_value_parse(TALLOC_CTX *owner, const struct entity *entity, const char *text, struct entity_value *value,
                        struct error *error)
{
    const char *rest = NULL;
    const struct entity_column *column = find_column(entity, text, &rest);
    if (!strchr(text, '=')) {
        error_set(error, ERROR_USAGE, "\"%s\" is no value", text);
        return error_hint(error, "Write COLUMN=VALUE.");
    }
    if (!column)
        return entity_column_unknown(entity, talloc_strndup(owner, text, strcspn(text, "=")), error);
    if (!entity_column_is_writable(entity, column, error))
        return false;
    *value = (struct entity_value){.column = column, .text = talloc_strdup(owner, rest)};
    return true;
}

/* ---- keys ---- */

/* One value of a list; *at is left behind it and its comma. NULL: a quote that is not closed. */
static char *take_value(TALLOC_CTX *owner, const char **at)
{
    char *value = talloc_zero_size(owner, strlen(*at) + 1);
    size_t used = 0;
    if (**at != '"') {
        size_t size = strcspn(*at, ",");
        memcpy(value, *at, size);
        *at += size;
    } else {
        for (++*at; **at && (**at != '"' || (*at)[1] == '"'); ++*at) {
            value[used++] = **at;
            *at += **at == '"';
        }
        if (**at != '"')
            return NULL;
        ++*at;
    }
    if (**at && **at != ',')
        return NULL;
    return value;
}

const char *const *entity_key_parse(TALLOC_CTX *owner, const struct entity *entity, const char *text,
                                    struct error *error)
{
    const char **values = talloc_zero_size(owner, (entity->key_count + 1) * sizeof *values);
    if (!values)
        abort();
    if (entity->key_count == 1) { /* whatever it holds */
        values[0] = talloc_strdup(values, text);
        return values;
    }
    const char *at = text;
    size_t count = 0;
    for (; count < entity->key_count; count++) {
        values[count] = take_value(values, &at);
        if (!values[count] || (*at != ',') != (count + 1 == entity->key_count))
            break;
        at += *at == ',';
    }
    if (entity->key_count && count == entity->key_count && !*at)
        return values;
    char *names = talloc_strdup(values, "");
    for (size_t i = 0; i < entity->key_count; i++)
        names = talloc_asprintf_append_buffer(names, "%s%s", i ? "," : "", entity->key[i]->name);
    if (entity->key_count) {
        error_set(error, ERROR_USAGE, "\"%s\" is no key of %s, which has %zu columns", text, entity->name,
                  entity->key_count);
        error_hint(error, "Write %s with their values; one that holds a comma stands in double quotes.", names);
    } else {
        error_set(error, ERROR_USAGE, "the rows of %s cannot be named: %s", entity->name,
                  entity->read_only ? entity->read_only : "it has no key");
        error_hint(error, "\"pgdeck rows\" with the entity's name shows them; --where chooses.");
    }
    talloc_free(values);
    return NULL;
}

char *entity_key_text(TALLOC_CTX *owner, const char *const *values, size_t count)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < count; i++) {
        if (i)
            text = talloc_strdup_append_buffer(text, ",");
        if (count == 1 || !strpbrk(values[i], ",\"")) {
            text = talloc_strdup_append_buffer(text, values[i]);
            continue;
        }
        text = talloc_strdup_append_buffer(text, "\"");
        for (const char *at = values[i]; *at; at++)
            text = talloc_asprintf_append_buffer(text, "%s%c", *at == '"' ? "\"" : "", *at);
        text = talloc_strdup_append_buffer(text, "\"");
    }
    return text;
}
