/* What is known about a statement of a plan, as lines for people and as JSON: locks, rewrites, scans, what comes and
 * goes. Both faces show the same. */
#ifndef TUI_MEASURED_H
#define TUI_MEASURED_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/facts.h"
#include "store/base.h"

enum measured_role {
    MEASURED_LOCK,  /* a lock that keeps others from reading or writing */
    MEASURED_MILD,  /* a lock that lets both go on */
    MEASURED_FACT,  /* a rewrite, a scan, what comes, goes, changes */
    MEASURED_DOUBT, /* not measured, and why */
};

struct measured_line {
    enum measured_role role;
    const char *label; /* "locks", "rewrites" ...; "" on a line that goes on with the one before */
    const char *text;  /* at most `columns` bytes where names let it; not sanitised */
};

struct measured_lines {
    struct measured_line *items;
    size_t count;
};

/* The lines of a statement's facts; none for a statement that touches nothing that exists. Owner: `owner`. */
struct measured_lines measured_lines(TALLOC_CTX *owner, const struct facts *facts, size_t columns);

/* Sets source, reason, locks, rewrites, scans, created, dropped and measured of a statement's object. facts NULL:
 * nobody has measured, all are null. */
void measured_json(json_t *statement, const struct facts *facts);

#endif
