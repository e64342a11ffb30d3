/* The state of every migration: files, ledger and journal brought together. Reads with SELECT only, creates nothing. */
#ifndef MIGRATE_STATUS_H
#define MIGRATE_STATUS_H

#include <talloc.h>

#include "migrate/directory.h"
#include "migrate/journal.h"
#include "migrate/ledger.h"
#include "store/base.h"
#include "store/error.h"
#include "store/session.h"
#include "store/settings.h"

enum migration_state {
    MIGRATION_APPLIED,
    MIGRATION_PENDING,
    MIGRATION_OUT_OF_ORDER,
    MIGRATION_CHANGED,
    MIGRATION_MISSING,
    MIGRATION_INCOMPLETE,
    MIGRATION_STATE_COUNT
};

/* "applied", "pending", "out_of_order" ...: the keys of counts. */
const char *migration_state_name(enum migration_state state);

struct migration {
    const char *version;               /* the file's spelling, else the ledger's */
    int64_t number;                    /* -1: the ledger holds something that is no version */
    const char *description;           /* the file's, else the ledger's; may be NULL */
    const struct migration_file *file; /* NULL: missing */
    const struct ledger_row *row;      /* NULL: not applied */
    enum migration_state state;
    const struct journal_step *steps; /* of an incomplete one */
    size_t step_count;
};

struct status {
    struct ledger *ledger;
    struct migration *migrations; /* by version, ascending */
    size_t count;
    size_t counts[MIGRATION_STATE_COUNT];
    int64_t highest_applied;           /* -1: none */
    const struct directory *directory; /* borrowed */
};

/* What ledger and journal say, read in one snapshot; the files are not needed for it. */
struct status_records {
    struct ledger *ledger;
    struct ledger_row *rows; /* by version */
    size_t row_count;
    struct journal_step *steps; /* open ones */
    size_t step_count;
};

/* The half of status_read that asks the server. Owner: `owner`. Errors: as status_read. */
struct status_records *status_load(TALLOC_CTX *owner, struct connection *connection, const struct settings *settings,
                                   struct error *error) NODISCARD;

/* The other half: brings records and files together. Both must outlive the status. Owner: `owner`. */
struct status *status_make(TALLOC_CTX *owner, const struct status_records *records, const struct directory *directory);

/* Reads ledger and journal in one snapshot and brings them together with the files. `directory` must outlive the
 * status. Owner: `owner`. Errors: query errors; ERROR_REFUSED when the ledger cannot be read as one. */
struct status *status_read(TALLOC_CTX *owner, struct connection *connection, const struct directory *directory,
                           const struct settings *settings, struct error *error) NODISCARD;

/* The pure part of it: no server, no memory but the status's. Fills `status` from ledger rows and open steps. Owner of
 * what it makes: `status`. */
void status_combine(struct status *status, const struct directory *directory, const struct ledger_row *rows,
                    size_t row_count, const struct journal_step *steps, size_t step_count);

/* The migration of a version (compared as an integer), or NULL. */
const struct migration *status_find(const struct status *status, int64_t number);

#endif
