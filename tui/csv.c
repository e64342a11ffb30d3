/* See csv.h. */
#include "tui/csv.h"

static void reserve(struct csv_line *line, size_t more_bytes)
{
    if (line->capacity_bytes - line->size_bytes >= more_bytes)
        return;
    line->capacity_bytes = 2 * line->capacity_bytes + more_bytes;
    line->bytes = realloc(line->bytes, line->capacity_bytes);
    if (!line->bytes)
        abort();
}

static char *put_quoted(char *end, const char *value)
{
    *end++ = '"';
    for (; *value; value++) {
        if (*value == '"')
            *end++ = '"';
        *end++ = *value;
    }
    *end++ = '"';
    return end;
}

void csv_add(struct csv_line *line, const char *value)
{
    size_t size = value ? strcspn(value, ",\"\r\n") : 0;
    bool is_quoted = value && (value[size] || !size || !strcmp(value, "\\."));
    reserve(line, 1 + (is_quoted ? 2 * strlen(value) + 2 : size));
    char *end = line->bytes + line->size_bytes;
    if (line->field_count++)
        *end++ = ',';
    if (is_quoted) {
        end = put_quoted(end, value);
    } else if (value) {
        memcpy(end, value, size);
        end += size;
    }
    line->size_bytes = (size_t)(end - line->bytes);
}

void csv_end(struct csv_line *line)
{
    reserve(line, 1);
    line->bytes[line->size_bytes++] = '\n';
    line->field_count = 0;
}

void csv_free(struct csv_line *line)
{
    free(line->bytes);
    *line = (struct csv_line){0};
}
