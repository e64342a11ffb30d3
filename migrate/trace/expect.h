/* What each file makes of the relations that it touches, read from the copy while it is measured. Private to
 * migrate/trace. */
#ifndef MIGRATE_TRACE_EXPECT_H
#define MIGRATE_TRACE_EXPECT_H

#include "migrate/plan.h"
#include "migrate/trace/copy.h"

struct expect; /* opaque */

/* Reads what the copy holds before the first file. What cannot be read, or is of another major version than the target,
 * expects nothing, with the reason. Owner: `owner`. */
struct expect *expect_new(TALLOC_CTX *owner, struct copy *copy);

/* Sets plan->steps[index].expected, once its facts are known. STANDS: the copy is as the file leaves it. */
enum expect_end { EXPECT_STANDS, EXPECT_ROLLED_BACK };
void expect_after(struct expect *expect, struct plan *plan, size_t index, enum expect_end end);

#endif
