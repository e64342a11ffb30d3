/* Idempotency, proved: each migration is run a second time behind its first run, as an apply would run it, and what the
 * second run has changed is looked for: in the catalog, in rows, in sequences, in who an object is. A file outside a
 * transaction is besides stopped behind each of its steps and resumed. What was proved is kept beside the scratch
 * server, by the content of the files and the state in which they run. ../docs/architecture.md, "Running twice". */
#ifndef MIGRATE_TWICE_H
#define MIGRATE_TWICE_H

#include <talloc.h>

#include "migrate/directory.h"
#include "migrate/scratch.h"
#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/settings.h"

enum twice_what {
    TWICE_FAILED,      /* it does not run in the first place; files behind it are not proved */
    TWICE_REFUSED,     /* the server refuses the statement the second time */
    TWICE_CHANGED,     /* an object came, went, or is another */
    TWICE_REMADE,      /* a table, column or sequence was dropped and made anew: what it held is gone */
    TWICE_EMPTIED,     /* a table was truncated again */
    TWICE_ROWS,        /* rows were added, taken away, or hold other values */
    TWICE_SEQUENCE,    /* a sequence goes on elsewhere */
    TWICE_INTERRUPTED, /* stopped behind this statement and resumed, the file does not come to the same end */
};

/* "failed", "refused", "changed" ...: for notes and tests. */
const char *twice_what_name(enum twice_what what);

struct twice_finding {
    enum twice_what what;
    const char *file;     /* relative to the project */
    int line;             /* of the statement; 0: not known */
    const char *object;   /* identity; or NULL */
    const char *sqlstate; /* of FAILED and REFUSED; else "" */
    const char *message;
    const char *hint; /* the way that may run twice, for this statement; or NULL */
};

struct twice_report {
    const struct twice_finding *findings; /* by file, then statement */
    size_t count;
    size_t proved;   /* files for which there is an answer */
    size_t ran;      /* files that were run twice for it just now; the rest is remembered */
    size_t stepwise; /* of all: files outside a transaction */
};

/* Told before each file that is run, on the calling thread. */
typedef void (*twice_progress_fn)(void *listener, size_t done, size_t total, const char *name);

struct twice_options {
    const struct settings *settings;
    struct cancel *cancel;         /* or NULL */
    twice_progress_fn on_progress; /* or NULL */
    void *listener;
};

/* Proves all files. Owner: `owner`. Blocks; the scratch server must not be in use by another. Errors: ERROR_CANCELLED,
 * scratch's own; whatever is wrong with a file is a finding. */
struct twice_report *twice_prove(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                                 const struct twice_options *options, struct error *error) NODISCARD;

#endif
