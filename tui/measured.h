/* What is known about a statement of a plan, as lines for people and as JSON: locks, rewrites, scans, what comes and
 * goes. Both faces show the same. */
#ifndef TUI_MEASURED_H
#define TUI_MEASURED_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/facts.h"
#include "migrate/hazard.h"
#include "store/base.h"
#include "tui/widgets/document.h"

enum measured_role {
    MEASURED_LOCK,   /* a lock that keeps others from reading or writing */
    MEASURED_MILD,   /* a lock that lets both go on */
    MEASURED_FACT,   /* a rewrite, a scan, what comes, goes, changes */
    MEASURED_DOUBT,  /* not measured, and why */
    MEASURED_HAZARD, /* of high or critical danger */
    MEASURED_NOTICE, /* of less, or allowed */
    MEASURED_ADVICE,
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

/* What is known of one statement. */
struct measured {
    const struct facts *facts;         /* NULL: nobody has measured */
    const struct hazard_list *hazards; /* NULL: nobody has looked */
};

/* Of a statement of a step, by its index. */
struct measured measured_of(const struct plan_step *step, size_t index);

/* The lines of a statement; none for one that touches nothing that exists. The safe way is left out of hazards of low
 * danger and of those that are allowed. Owner: `owner`. */
struct measured_lines measured_lines(TALLOC_CTX *owner, const struct measured *measured, size_t columns);

/* The same as lines of a page, indented by `indent`, to fit into `columns`. */
void measured_show(struct document *document, const struct measured *measured, int indent, int columns);

/* Sets source, reason, locks, rewrites, scans, created, dropped, hazards, in_use and measured of a statement's object;
 * null where it is not known. */
void measured_json(json_t *statement, const struct measured *measured);

#endif
