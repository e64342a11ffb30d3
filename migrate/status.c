/* See status.h. Files and ledger rows are both sorted by version: one merge brings them together. */
#include "migrate/status.h"

#include "store/transaction.h"

static const char *const state_names[] = {
    [MIGRATION_APPLIED] = "applied", [MIGRATION_PENDING] = "pending", [MIGRATION_OUT_OF_ORDER] = "out_of_order",
    [MIGRATION_CHANGED] = "changed", [MIGRATION_MISSING] = "missing", [MIGRATION_INCOMPLETE] = "incomplete",
};
_Static_assert(countof(state_names) == MIGRATION_STATE_COUNT, "every state has its name");

const char *migration_state_name(enum migration_state state) { return state_names[state]; }

static void add_file(struct status *status, const struct migration_file *file, const struct ledger_row *row)
{
    status->migrations[status->count++] = (struct migration){
        .version = file->version,
        .number = file->number,
        .description = file->description,
        .file = file,
        .row = row,
        .state = !row ? MIGRATION_PENDING
                 : row->checksum && strcmp(row->checksum, file->checksum) != 0 ? MIGRATION_CHANGED : MIGRATION_APPLIED,
    };
}

static void add_missing(struct status *status, const struct ledger_row *row)
{
    status->migrations[status->count++] = (struct migration){
        .version = row->version,
        .number = row->number,
        .description = row->description,
        .row = row,
        .state = MIGRATION_MISSING,
    };
}

static void merge(struct status *status, const struct directory *directory, const struct ledger_row *rows, size_t row_count)
{
    size_t file = 0, row = 0;
    while (file < directory->count || row < row_count) {
        const struct migration_file *f = file < directory->count ? directory->files[file] : NULL;
        const struct ledger_row *r = row < row_count ? &rows[row] : NULL;
        if (f && r && f->number == r->number) {
            add_file(status, f, r);
            file++;
            row++;
        } else if (f && (!r || r->number < 0 || f->number < r->number)) {
            add_file(status, f, NULL);
            file++;
        } else {
            add_missing(status, r);
            row++;
        }
    }
}

/* A ledger of one row says where everything up to it stands. */
static void spread_single_row(struct status *status)
{
    int64_t reached = -1;
    for (size_t i = 0; i < status->count; i++)
        if (status->migrations[i].row && status->migrations[i].number > reached)
            reached = status->migrations[i].number;
    for (size_t i = 0; i < status->count; i++)
        if (status->migrations[i].file && status->migrations[i].number <= reached)
            status->migrations[i].state = MIGRATION_APPLIED;
}

static struct migration *find_or_add(struct status *status, const struct journal_step *step)
{
    int64_t number = strtoll(step->version, NULL, 10);
    for (size_t i = 0; i < status->count; i++)
        if (status->migrations[i].number == number)
            return &status->migrations[i];
    /* A file that stopped midway and was then deleted: still to be told. */
    status->migrations[status->count] = (struct migration){.version = step->version, .number = number};
    return &status->migrations[status->count++];
}

static int compare_migrations(const void *left, const void *right)
{
    const struct migration *a = left, *b = right;
    if (a->number == b->number)
        return strcmp(a->version, b->version);
    return a->number < 0 ? 1 : b->number < 0 ? -1 : a->number < b->number ? -1 : 1;
}

static void note_incomplete(struct status *status, const struct journal_step *steps, size_t step_count)
{
    for (size_t i = 0; i < step_count;) {
        size_t end = i;
        while (end < step_count && !strcmp(steps[end].version, steps[i].version))
            end++;
        struct migration *migration = find_or_add(status, &steps[i]);
        if (!migration->row) {
            migration->state = MIGRATION_INCOMPLETE;
            migration->steps = &steps[i];
            migration->step_count = end - i;
        }
        i = end;
    }
}

void status_combine(struct status *status, const struct directory *directory, const struct ledger_row *rows, size_t row_count,
                    const struct journal_step *steps, size_t step_count)
{
    status->directory = directory;
    status->count = 0;
    status->highest_applied = -1;
    status->migrations =
        talloc_zero_array(status, struct migration, (unsigned)(directory->count + row_count + step_count + 1));
    memset(status->counts, 0, sizeof status->counts);
    merge(status, directory, rows, row_count);
    if (status->ledger && status->ledger->shape == LEDGER_SINGLE_ROW)
        spread_single_row(status);
    note_incomplete(status, steps, step_count);
    qsort(status->migrations, status->count, sizeof *status->migrations, compare_migrations);
    for (size_t i = 0; i < status->count; i++)
        if (status->migrations[i].row && status->migrations[i].number > status->highest_applied)
            status->highest_applied = status->migrations[i].number;
    for (size_t i = 0; i < status->count; i++) {
        struct migration *migration = &status->migrations[i];
        if (migration->state == MIGRATION_PENDING && migration->number < status->highest_applied)
            migration->state = MIGRATION_OUT_OF_ORDER;
        status->counts[migration->state]++;
    }
}

const struct migration *status_find(const struct status *status, int64_t number)
{
    for (size_t i = 0; i < status->count; i++)
        if (status->migrations[i].number == number)
            return &status->migrations[i];
    return NULL;
}

struct reading {
    struct status *status;
    const char *ledger_setting;
    struct ledger_row *rows;
    struct journal_step *steps;
    struct journal_checksum *checksums;
    size_t row_count, step_count, checksum_count;
};

/* A ledger without a column for checksums: the journal has them. */
static void adopt_checksums(struct reading *reading)
{
    for (size_t i = 0; i < reading->row_count; i++)
        for (size_t j = 0; j < reading->checksum_count; j++)
            if (!strcmp(reading->rows[i].version, reading->checksums[j].version))
                reading->rows[i].checksum = reading->checksums[j].checksum;
}

static bool read_all(struct connection *connection, void *argument, struct error *error)
{
    struct reading *reading = argument;
    struct status *status = reading->status;
    status->ledger = ledger_find(status, connection, reading->ledger_setting, error);
    if (!status->ledger ||
        !ledger_read(status, connection, status->ledger, &reading->rows, &reading->row_count, error) ||
        !journal_open_steps(status, connection, status->ledger, &reading->steps, &reading->step_count, error))
        return false;
    if (status->ledger->shape != LEDGER_ABSENT && !status->ledger->has_checksum)
        return journal_checksums(status, connection, status->ledger, &reading->checksums, &reading->checksum_count, error);
    return true;
}

struct status *status_read(TALLOC_CTX *owner, struct connection *connection, const struct directory *directory,
                           const struct settings *settings, struct error *error)
{
    struct status *status = talloc_zero(owner, struct status);
    struct reading reading = {.status = status, .ledger_setting = settings_text(settings, SETTING_ledger)};
    struct transaction_options options = {TRANSACTION_SNAPSHOT, 1};
    if (!transaction_run(connection, &options, read_all, &reading, error)) {
        if (error_is_sqlstate(error, "42501") && !error->hint)
            error_hint(error, "The role needs USAGE on the ledger's schema, and SELECT on ledger and journal.");
        talloc_free(status);
        return NULL;
    }
    adopt_checksums(&reading);
    status_combine(status, directory, reading.rows, reading.row_count, reading.steps, reading.step_count);
    return status;
}
