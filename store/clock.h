/* Time: the only file that asks the system's clocks. */
#ifndef STORE_CLOCK_H
#define STORE_CLOCK_H

#include <talloc.h>

#include "store/base.h"

/* Milliseconds of a clock that never goes back; for durations and deadlines. */
int64_t clock_monotonic_ms(void);

/* Microseconds of the same clock. */
int64_t clock_monotonic_us(void);

/* Microseconds since 1970-01-01 UTC. */
int64_t clock_wall_us(void);

/* RFC 3339 in UTC with milliseconds: 2026-11-24T02:30:00.123Z. Owner: `owner`. */
char *clock_format(TALLOC_CTX *owner, int64_t wall_us);

#endif
