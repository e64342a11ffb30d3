/* PostgreSQL's messages as bytes on their way: where one ends, what statement it holds. For the proxy. */
#ifndef TESTS_LIB_FLOW_H
#define TESTS_LIB_FLOW_H

#include "store/base.h"

/* Bytes that came from one side; those up to `passed_size` are whole messages that may go to the other. */
struct flow {
    char *bytes;
    size_t size, passed_size, capacity;
    bool has_ended; /* nothing more will come */
};

/* Adds bytes that have come. */
void flow_append(struct flow *flow, const char *bytes, size_t size);

/* Drops the first bytes, which were passed on. */
void flow_take(struct flow *flow, size_t size);

/* Size of the whole message at `start`, or 0 while it is not complete. `header` is 1 for a type byte, 0 for a startup
 * packet. */
size_t flow_message_size(const struct flow *flow, size_t start, size_t header);

/* The parameters that follow the Parse of `parse_size` bytes at passed_size, written |first|second|; NULL is empty.
 * libpq sends the Bind right behind it. To be freed; NULL while it has not come. */
char *flow_parameters(const struct flow *flow, size_t parse_size);

/* A number in network order. */
uint32_t flow_number(const char *bytes);

/* Whether a statement begins with `words` (NULL: no), blanks and comments aside, in any case. */
bool flow_begins_with(const char *text, const char *words);

#endif
