/* Baseline: whether the init script leaves what the migrations leave: the schema, the seed of the ledger, the reference
 * rows, the counts of sequences; and the init script made anew from the migrations. Values that are others at each
 * replay are known by replaying twice, and passed over. */
#ifndef MIGRATE_BASELINE_H
#define MIGRATE_BASELINE_H

#include <talloc.h>

#include "migrate/compare.h"
#include "store/base.h"
#include "store/error.h"

#define BASELINE_ROWS_MOST 10000 /* rows of a table that are compared; beyond, they are counted */

/* A place in a file of the project; file NULL: not known. */
struct baseline_place {
    const char *file;
    int line; /* from 1; 0: the file as a whole */
};

/* A version that the seed has under another description than its file. */
struct baseline_description {
    const char *version, *init, *migrations;
};

/* The ledger as the init script leaves it, beside the files on disk. Versions are equal as integers; they are spelled
 * as in the file's name, or in the ledger where there is no file. Lists are NULL-terminated, ascending. */
struct baseline_seed {
    const char *table;                         /* the ledger's name, quoted where it must be */
    const char *problem;                       /* why the seed cannot be read, or NULL */
    const char *remark;                        /* what is odd about the ledger and no difference; or NULL */
    const char *const *missing, *const *extra; /* on disk and not seeded; seeded and not on disk */
    const char *const *duplicates;             /* seeded more than once */
    const struct baseline_description *descriptions;
    size_t description_count;
};

struct baseline_cell {
    const char *column, *init, *migrations; /* values as PostgreSQL writes them; NULL for SQL's NULL */
};

/* A row of which something is to be told. */
struct baseline_row {
    enum { BASELINE_MISSING, BASELINE_EXTRA, BASELINE_DIFFERS } what; /* MISSING: in the init script */
    const char *name;                                                 /* "id = 3", or "(1, x, NULL)" without a key */
    const struct baseline_cell *cells;                                /* of DIFFERS */
    size_t cell_count;
    struct baseline_place init, blame; /* where the script, where a migration writes it, as far as words tell */
};

/* A table whose rows are not the same on both sides, or that had too many to compare. */
struct baseline_table {
    const char *table; /* identity */
    enum { BASELINE_COMPARED, BASELINE_COUNTED } how;
    int64_t in_init, in_migrations;  /* rows of each side */
    int64_t missing, extra, differs; /* of COUNTED: by the numbers alone */
    const struct baseline_row *rows; /* the first few of each, as they lie there */
    size_t row_count;
    struct baseline_place init, blame;
};

/* A sequence that goes on elsewhere. */
struct baseline_sequence {
    const char *sequence, *column; /* identity; that it feeds: "app.t.id", or NULL */
    int64_t init, migrations;      /* the value that it gives next */
    bool collides;                 /* the init script leaves a row that has that value, or a later one */
    bool is_difference;            /* it collides, or the migrations have set its start: else a remark */
};

/* What is to be done about the seed, rows and sequences, one by one; the schema's are the comparison's changes. */
struct baseline_finding {
    const char *rule;   /* "init.seed", "init.rows" */
    const char *object; /* identity of the ledger, table, sequence */
    const char *message, *hint;
    struct baseline_place init, blame;                /* in the init script; in a migration */
    enum { BASELINE_DEMAND, BASELINE_REMARK } weight; /* a REMARK is no difference */
};

/* Constant once made. */
struct baseline {
    const char *init;              /* path of the init script, relative to the project */
    struct comparison *comparison; /* init to migrations, released; NULL: there was no init script to compare */
    struct baseline_seed seed;
    const struct baseline_table *tables; /* by identity */
    size_t table_count;
    const struct baseline_sequence *sequences; /* by identity */
    size_t sequence_count;
    const struct baseline_finding *findings; /* seed, then tables, then sequences */
    size_t finding_count;
    size_t volatile_count;       /* values that were passed over */
    size_t file_count;           /* migrations */
    const char *const *warnings; /* NULL-terminated: what could not be known, or is not in the script */
    enum { BASELINE_EQUAL, BASELINE_UNEQUAL } verdict;
    enum { BASELINE_NOT_WRITTEN, BASELINE_WRITTEN, BASELINE_UNCHANGED } written; /* UNCHANGED: it stood there already */
};

struct baseline_options {
    struct mirror_options mirror;
    enum { BASELINE_WITHOUT_PRIVILEGES, BASELINE_WITH_PRIVILEGES } privileges;
};

/* Compares. Owner: `owner`. Blocks. Errors: ERROR_PROJECT, ERROR_FILE (no init script among them), the server's with
 * file, line and column. */
struct baseline *baseline_check(TALLOC_CTX *owner, const struct baseline_options *options,
                                struct error *error) NODISCARD;

/* Compares the seed alone, with files that need not run: there is no comparison, and findings are those of the seed.
 * Owner: `owner`. Blocks. Errors: those of the init script. */
struct baseline *baseline_check_seed(TALLOC_CTX *owner, const struct baseline_options *options,
                                     const struct directory *directory, struct error *error) NODISCARD;

/* Makes the init script from the migrations, proves in scratch that it leaves what they leave, and writes it, over
 * what stood there. Nothing is written where the proof fails. Owner: `owner`. Blocks. Errors: besides those of
 * baseline_check: ERROR_REFUSED where the script cannot leave the same: what, and where it comes from. */
struct baseline *baseline_write(TALLOC_CTX *owner, const struct baseline_options *options,
                                struct error *error) NODISCARD;

#endif
