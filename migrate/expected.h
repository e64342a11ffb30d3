/* What a file is expected to make of the relations that it touches: what it made of them in the scratch copy, where it
 * was measured. After it has been applied the live ones are held against that. Nothing is claimed that is not known:
 * where the live relation was another one beforehand, or nothing was measured, it is not compared, and the reason said.
 */
#ifndef MIGRATE_EXPECTED_H
#define MIGRATE_EXPECTED_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/plan.h"
#include "migrate/shape.h"
#include "store/base.h"

struct expected {
    const char *reason;           /* why nothing can be expected; NULL: all of the rest is set */
    const char *const *relations; /* that it touches, NULL-terminated */
    struct shape before, after;   /* of those, in the copy */
    int code_line; /* of the first statement that runs code, which may do something else where there are rows; 0: none
                    */
};

/* The relations that a file's measured facts name: locked, made, renamed; NULL-terminated, sorted. Owner: `owner`. */
const char *const *expected_relations(TALLOC_CTX *owner, const struct plan_step *step);

/* The line of the first statement that runs code (DO, CALL, SELECT ...); 0: none. */
int expected_code_line(const struct plan_step *step);

/* For the cache. New reference; and the way back: NULL where it is none. Owner: `owner`. */
json_t *expected_to_json(const struct expected *expected);
struct expected *expected_of_json(TALLOC_CTX *owner, const json_t *json);

enum verdict_state {
    VERDICT_NONE,    /* nothing was compared; the reason says why */
    VERDICT_SAME,    /* what was compared is as expected; the reason names what was not compared, or is NULL */
    VERDICT_UNCLEAR, /* it differs, but the file runs code that may rightly have done something else */
    VERDICT_DIFFERS,
};

/* A live schema beside the expected one. */
struct verdict {
    enum verdict_state state;
    const char *reason;             /* or NULL */
    const char *const *differences; /* in words, NULL-terminated, the first VERDICT_MOST; or NULL */
    size_t count;                   /* of all differences */
};
#define VERDICT_MOST 8

/* "not_compared", "as_expected", "unclear", "differs": JSON's words. */
const char *expected_verdict_name(enum verdict_state state);

/* A verdict that was not made. Owner: `owner`. */
struct verdict *expected_skip(TALLOC_CTX *owner, const char *reason);

/* Compares; `before` and `after` are the live relations. Owner: `owner`. */
struct verdict *expected_judge(TALLOC_CTX *owner, const struct expected *expected, const struct shape *before,
                               const struct shape *after);

/* {"state", "reason", "differences"}. New reference. */
json_t *expected_verdict_json(const struct verdict *verdict);

#endif
