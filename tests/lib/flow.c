/* See flow.h. */
#include "tests/lib/flow.h"

#include <arpa/inet.h>

/* Where a statement begins behind blanks and comments. */
static const char *begin_of(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (!strncmp(text, "--", 2)) {
            text += strcspn(text, "\n");
        } else if (!strncmp(text, "/*", 2)) {
            const char *end = strstr(text, "*/");
            text = end ? end + 2 : text + strlen(text);
        } else {
            return text;
        }
    }
}

bool flow_begins_with(const char *text, const char *words)
{
    return words && !strncasecmp(begin_of(text), words, strlen(words));
}

void flow_append(struct flow *flow, const char *bytes, size_t size)
{
    if (flow->size + size > flow->capacity) {
        flow->capacity = 2 * (flow->size + size);
        flow->bytes = realloc(flow->bytes, flow->capacity);
        if (!flow->bytes)
            abort();
    }
    memcpy(flow->bytes + flow->size, bytes, size);
    flow->size += size;
}

void flow_take(struct flow *flow, size_t size)
{
    memmove(flow->bytes, flow->bytes + size, flow->size - size);
    flow->size -= size;
    flow->passed_size -= size;
}

uint32_t flow_number(const char *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return ntohl(number);
}

size_t flow_message_size(const struct flow *flow, size_t start, size_t header)
{
    if (flow->size - start < header + 4)
        return 0;
    size_t size = header + flow_number(flow->bytes + start + header);
    return flow->size - start >= size ? size : 0;
}

/* The parameters of a Bind message as text: |first|second|; NULL is empty. To be freed. */
static char *bind_values(const char *message, size_t size)
{
    char *values = NULL;
    size_t values_size = 0;
    FILE *stream = open_memstream(&values, &values_size);
    if (!stream)
        abort();
    const char *next = message + 5, *end = message + size;
    next += strlen(next) + 1; /* portal */
    next += strlen(next) + 1; /* statement */
    next += 2 + 2 * ((unsigned char)next[0] * 256 + (unsigned char)next[1]);
    int count = (unsigned char)next[0] * 256 + (unsigned char)next[1];
    next += 2;
    fputc('|', stream);
    for (int i = 0; i < count && next + 4 <= end; i++) {
        int32_t length = (int32_t)flow_number(next);
        next += 4;
        if (length > 0)
            next += fwrite(next, 1, (size_t)length, stream);
        fputc('|', stream);
    }
    fclose(stream);
    return values;
}

char *flow_parameters(const struct flow *flow, size_t parse_size)
{
    size_t start = flow->passed_size + parse_size, size = flow_message_size(flow, start, 1);
    if (!size)
        return NULL;
    return flow->bytes[start] == 'B' ? bind_values(flow->bytes + start, size) : strdup("");
}
