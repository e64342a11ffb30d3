/* See parts.h. */
#include "migrate/parts.h"

#include <inttypes.h>

enum { HEAD_BYTES = 32 };

static void reserve(struct parts_writer *writer, size_t bytes)
{
    if (writer->size_bytes + bytes + HEAD_BYTES < writer->room_bytes)
        return;
    writer->room_bytes = 2 * (writer->room_bytes + bytes + HEAD_BYTES);
    writer->text = talloc_realloc_size(NULL, writer->text, writer->room_bytes);
    if (!writer->text)
        abort();
}

void parts_put(struct parts_writer *writer, const char *part)
{
    size_t bytes = part ? strlen(part) : 0;
    reserve(writer, bytes);
    char *end = writer->text + writer->size_bytes;
    end += part ? snprintf(end, HEAD_BYTES, "%zu:", bytes) : snprintf(end, HEAD_BYTES, "-");
    if (bytes)
        memcpy(end, part, bytes);
    end += bytes;
    *end++ = ',';
    *end = '\0';
    writer->size_bytes = (size_t)(end - writer->text);
}

void parts_put_number(struct parts_writer *writer, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    parts_put(writer, text);
}

char *parts_text(TALLOC_CTX *owner, struct parts_writer *writer)
{
    char *text = writer->text ? talloc_steal(owner, writer->text) : talloc_strdup(owner, "");
    *writer = (struct parts_writer){0};
    return text;
}

struct parts_reader parts_reader_of(char *text) { return (struct parts_reader){text, text + strlen(text), false}; }

const char *parts_get(struct parts_reader *reader)
{
    char *rest = reader->at;
    if (!reader->is_broken && *rest == '-' && rest[1] == ',') {
        reader->at = rest + 2;
        return NULL;
    }
    bool is_number = !reader->is_broken && *rest >= '0' && *rest <= '9';
    size_t bytes = is_number ? strtoull(rest, &rest, 10) : 0;
    if (!is_number || *rest != ':' || bytes >= (size_t)(reader->end - rest) - 1 || rest[1 + bytes] != ',') {
        reader->is_broken = true;
        return NULL;
    }
    rest[1 + bytes] = '\0';
    reader->at = rest + 2 + bytes;
    return rest + 1;
}

int64_t parts_get_number(struct parts_reader *reader)
{
    const char *text = parts_get(reader);
    if (!text)
        reader->is_broken = true;
    return text ? strtoll(text, NULL, 10) : 0;
}

size_t parts_get_count(struct parts_reader *reader)
{
    enum { PART_BYTES_LEAST = 2 };
    int64_t count = parts_get_number(reader);
    if (count < 0 || count > (reader->end - reader->at) / PART_BYTES_LEAST)
        reader->is_broken = true;
    return reader->is_broken ? 0 : (size_t)count;
}

bool parts_is_whole(const struct parts_reader *reader) { return !reader->is_broken && reader->at == reader->end; }
