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
        .state = !row                                                          ? MIGRATION_PENDING
                 : row->checksum && strcmp(row->checksum, file->checksum) != 0 ? MIGRATION_CHANGED
                                                                               : MIGRATION_APPLIED,
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

static void merge(struct status *status, const struct directory *directory, const struct ledger_row *rows,
                  size_t row_count)
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

void status_combine(struct status *status, const struct directory *directory, const struct ledger_row *rows,
                    size_t row_count, const struct journal_step *steps, size_t step_count)
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
    struct status_records *records;
    const char *ledger_setting;
};

/* A ledger without a column for checksums: the journal has them, by the file's spelling of the version. */
static bool adopt_checksums(struct status_records *records, struct connection *connection, struct error *error)
{
    struct journal_checksum *checksums;
    size_t count;
    if (records->ledger->shape == LEDGER_ABSENT || records->ledger->has_checksum)
        return true;
    if (!journal_checksums(records, connection, records->ledger, &checksums, &count, error))
        return false;
    for (size_t i = 0; i < records->row_count; i++)
        for (size_t j = 0; j < count; j++)
            if (records->rows[i].number >= 0 && strtoll(checksums[j].version, NULL, 10) == records->rows[i].number)
                records->rows[i].checksum = checksums[j].checksum;
    return true;
}

static bool read_all(struct connection *connection, void *argument, struct error *error)
{
    struct reading *reading = argument;
    struct status_records *records = reading->records;
    records->ledger = ledger_find(records, connection, reading->ledger_setting, error);
    return records->ledger &&
           ledger_read(records, connection, records->ledger, &records->rows, &records->row_count, error) &&
           journal_open_steps(records, connection, records->ledger, &records->steps, &records->step_count, error) &&
           adopt_checksums(records, connection, error);
}

struct status_records *status_load(TALLOC_CTX *owner, struct connection *connection, const struct settings *settings,
                                   struct error *error)
{
    struct reading reading = {talloc_zero(owner, struct status_records), settings_text(settings, SETTING_ledger)};
    struct transaction_options options = {TRANSACTION_SNAPSHOT, 1};
    if (transaction_run(connection, &options, read_all, &reading, error))
        return reading.records;
    if (error_is_sqlstate(error, "42501") && !error->hint)
        error_hint(error, "The role needs USAGE on the ledger's schema, and SELECT on ledger and journal.");
    talloc_free(reading.records);
    return NULL;
}

struct status *status_make(TALLOC_CTX *owner, const struct status_records *records, const struct directory *directory)
{
    struct status *status = talloc_zero(owner, struct status);
    status->ledger = records->ledger;
    status_combine(status, directory, records->rows, records->row_count, records->steps, records->step_count);
    return status;
}

struct status *status_read(TALLOC_CTX *owner, struct connection *connection, const struct directory *directory,
                           const struct settings *settings, struct error *error)
{
    struct status_records *records = status_load(owner, connection, settings, error);
    struct status *status = records ? status_make(owner, records, directory) : NULL;
    if (status)
        talloc_steal(status, records);
    return status;
}
