/* New ids: 41 bits of milliseconds since 2020-01-01 UTC, 10 bits of node, 12 bits of sequence. They grow with time, are
 * unique as long as no two generators at work share a node, and never repeat when the clock goes back. */
#ifndef STORE_SNOWFLAKE_H
#define STORE_SNOWFLAKE_H

#include <talloc.h>

#include "store/base.h"
#include "store/error.h"

#define SNOWFLAKE_EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */

enum { SNOWFLAKE_NODES = 1024 };

struct snowflake; /* opaque; thread-safe */

/* What it asks the time: milliseconds since 1970-01-01 UTC. */
typedef int64_t (*snowflake_clock_fn)(void *argument);

/* node: 0 to SNOWFLAKE_NODES - 1. clock NULL: the system's. Owner: `owner`. */
struct snowflake *snowflake_new(TALLOC_CTX *owner, int node, snowflake_clock_fn clock, void *argument);

/* A node for a machine and process, by their names: as good as chance. */
int snowflake_node(const char *host, long process_id);

/* The next id. Where the clock went back, or all ids of a millisecond are gone, it waits up to a second. Errors:
 * ERROR_INTERNAL: the clock stands further back than that, or before 2020, or behind 2089. */
bool snowflake_next(struct snowflake *snowflake, int64_t *id, struct error *error) NODISCARD;

#endif
