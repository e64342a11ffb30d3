/* See evidence.h. */
#include "migrate/baseline/evidence.h"

#include "migrate/ledger.h"
#include "store/task.h"

/* ---- reading ---- */

static bool read_both(struct task *task, void *argument, struct error *error)
{
    struct evidence_reading *reading = argument;
    struct evidence *evidence = talloc_zero(task_memory(task), struct evidence);
    evidence->rows = rows_read(evidence, reading->connection, reading->limit, error);
    evidence->sequences = evidence->rows ? sequences_read(evidence, reading->connection, error) : NULL;
    reading->evidence = evidence;
    return evidence->sequences != NULL;
}

struct evidence_reading *evidence_begin(TALLOC_CTX *owner, struct scratch_database *database, int64_t limit,
                                        struct cancel *cancel, struct error *error)
{
    struct evidence_reading *reading = talloc_zero(owner, struct evidence_reading);
    struct task_options options = {.name = "rows", .run = read_both, .argument = reading};
    reading->limit = limit;
    reading->connection = scratch_connect(reading, database, SCRATCH_READER, cancel, error);
    reading->task = reading->connection ? task_start(reading, &options, error) : NULL; /* ends before its connection */
    if (!reading->task)
        TALLOC_FREE(reading);
    return reading;
}

struct evidence *evidence_end(struct evidence_reading *reading, const struct snapshot *snapshot, struct error *error)
{
    if (!task_finish(reading->task, error))
        return NULL;
    rows_keep(reading->evidence->rows, snapshot);
    sequences_keep(reading->evidence->sequences, snapshot);
    return reading->evidence;
}

bool evidence_is_empty(const struct evidence *evidence)
{
    for (size_t i = 0; i < evidence->sequences->count; i++)
        if (!sequences_is_fresh(&evidence->sequences->items[i]))
            return false;
    return !evidence->rows->count;
}

/* ---- days ---- */

/* A day that a file names is the file's, whenever it is replayed. */
static bool is_named(const struct directory *directory, const char *day)
{
    for (size_t i = 0; i < directory->count; i++)
        if (strstr(directory->files[i]->text, day))
            return true;
    return false;
}

static bool has_day(const char *const *days, const char *day)
{
    while (*days && strcmp(*days, day) != 0)
        days++;
    return *days != NULL;
}

/* On which the files ran, by their rows in the ledger: those of the cache may be older. NULL-terminated. */
static const char *const *read_days(TALLOC_CTX *owner, struct connection *connection,
                                    const struct evidence_source *source, struct error *error)
{
    enum { DAY_BYTES = 10 };
    struct ledger_row *rows;
    size_t count = 0, used = 0;
    struct ledger *ledger = ledger_find(owner, connection, settings_text(source->settings, SETTING_ledger), error);
    if (!ledger || !ledger_read(owner, connection, ledger, &rows, &count, error))
        return NULL;
    const char **days = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *day = rows[i].applied_at ? talloc_strndup(days, rows[i].applied_at, DAY_BYTES) : NULL;
        if (day && strlen(day) == DAY_BYTES && !has_day(days, day) && !is_named(source->directory, day))
            days[used++] = day;
    }
    return days;
}

/* ---- replays ---- */

struct migrations_evidence *evidence_of_migrations(TALLOC_CTX *owner, const struct evidence_source *source,
                                                   struct evidence_reading *reading, struct error *error)
{
    struct migrations_evidence *evidence = talloc_zero(owner, struct migrations_evidence);
    evidence->one = evidence_end(reading, source->snapshot, error);
    evidence->days = evidence->one ? read_days(evidence, reading->connection, source, error) : NULL;
    if (!evidence->days) {
        talloc_free(evidence);
        return NULL;
    }
    const char *note =
        evidence_is_empty(evidence->one) ? NULL : replay_find_note(evidence, source->scratch, source->directory);
    struct volatility *volatility = volatility_find(evidence, evidence->one->rows, NULL, evidence->days);
    evidence->known = known_read(evidence, note);
    known_mark(evidence->known, volatility);
    evidence->volatility = volatility;
    return evidence;
}

bool evidence_add_twin(struct migrations_evidence *evidence, const struct evidence_source *source, struct error *error)
{
    struct replay_options options = {
        .cancel = source->cancel,
        .on_progress = source->on_progress,
        .listener = source->listener,
        .cache = REPLAY_TWIN,
    };
    struct replay *replay =
        replay_migrations(evidence, source->scratch, source->directory, source->directory->count, &options, error);
    struct evidence_reading *reading =
        replay ? evidence_begin(replay, replay->database, source->limit, source->cancel, error) : NULL;
    const struct evidence *twin = reading ? evidence_end(reading, source->snapshot, error) : NULL;
    if (twin)
        evidence->twin = talloc_steal(evidence, twin);
    talloc_free(replay);
    if (!twin)
        return false;
    evidence->volatility = volatility_find(evidence, evidence->one->rows, twin->rows, evidence->days);
    const char *note = known_write(evidence, evidence->volatility, evidence->one->sequences, twin->sequences);
    if (note)
        replay_note(source->scratch, source->directory, note);
    return true;
}
