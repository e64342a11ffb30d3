/* See evidence.h. */
#include "migrate/baseline/evidence.h"

#include <inttypes.h>

#include "migrate/replay/notes.h"
#include "store/task.h"

/* ---- reading ---- */

static bool read_ledger(struct evidence *evidence, const struct evidence_reading *reading, struct error *error)
{
    struct ledger *ledger =
        ledger_find(evidence, reading->connection, settings_text(reading->order.settings, SETTING_ledger), error);
    if (!ledger)
        return false;
    evidence->ledger =
        (struct evidence_ledger){.shape = ledger->shape, .table = ledger->table, .problem = ledger->problem};
    bool has_list = ledger->shape == LEDGER_OWN || ledger->shape == LEDGER_LIST;
    return !has_list ||
           ledger_read(evidence, reading->connection, ledger, &evidence->ledger.rows, &evidence->ledger.count, error);
}

static bool read_all(struct task *task, void *argument, struct error *error)
{
    struct evidence_reading *reading = argument;
    struct evidence *evidence = talloc_zero(task_memory(task), struct evidence);
    reading->evidence = evidence;
    evidence->rows = rows_read(evidence, reading->connection, reading->order.limit, error);
    evidence->sequences = evidence->rows ? sequences_read(evidence, reading->connection, error) : NULL;
    return evidence->sequences && read_ledger(evidence, reading, error);
}

static struct evidence *recall(struct evidence_reading *reading)
{
    char *what = talloc_asprintf(reading, "rows up to %" PRId64, reading->order.limit);
    reading->key = notes_state_key(reading, reading->order.replay, what);
    const char *const keys[] = {reading->key, NULL};
    char *text = reading->key ? notes_recall(reading, reading->order.scratch, keys) : NULL;
    struct evidence *evidence = text ? evidence_from_text(reading, text) : NULL;
    talloc_free(text);
    return evidence;
}

struct connection *evidence_connection(struct evidence_reading *reading, struct error *error)
{
    if (!reading->connection)
        reading->connection =
            scratch_connect(reading, reading->order.replay->database, SCRATCH_READER, reading->order.cancel, error);
    return reading->connection;
}

void evidence_close(struct evidence_reading *reading)
{
    if (reading)
        TALLOC_FREE(reading->connection);
}

struct evidence_reading *evidence_begin(TALLOC_CTX *owner, const struct evidence_order *order, struct error *error)
{
    struct evidence_reading *reading = talloc_zero(owner, struct evidence_reading);
    struct task_options options = {.name = "rows", .run = read_all, .argument = reading};
    reading->order = *order;
    reading->evidence = recall(reading);
    if (reading->evidence)
        return reading;
    bool ok = evidence_connection(reading, error) != NULL;
    reading->task = ok ? task_start(reading, &options, error) : NULL; /* ends before its connection */
    if (!reading->task)
        TALLOC_FREE(reading);
    return reading;
}

struct evidence *evidence_end(struct evidence_reading *reading, const struct snapshot *snapshot, struct error *error)
{
    if (reading->task && !task_finish(reading->task, error))
        return NULL;
    if (reading->task && reading->key)
        notes_keep(reading->order.scratch, reading->key, evidence_to_text(reading, reading->evidence));
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
static const char *const *find_days(TALLOC_CTX *owner, const struct evidence_ledger *ledger,
                                    const struct directory *directory)
{
    enum { DAY_BYTES = 10 };
    size_t used = 0;
    const char **days = talloc_zero_array(owner, const char *, (unsigned)ledger->count + 1);
    for (size_t i = 0; i < ledger->count; i++) {
        const char *at = ledger->rows[i].applied_at;
        const char *day = at ? talloc_strndup(days, at, DAY_BYTES) : NULL;
        if (day && strlen(day) == DAY_BYTES && !has_day(days, day) && !is_named(directory, day))
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
    if (!evidence->one) {
        talloc_free(evidence);
        return NULL;
    }
    evidence->days = find_days(evidence, &evidence->one->ledger, source->directory);
    const char *note = evidence_is_empty(evidence->one)
                           ? NULL
                           : notes_recall(evidence, source->scratch,
                                          notes_migration_keys(evidence, source->scratch, source->directory));
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
    const struct evidence_order order = {source->scratch, replay, source->settings, source->limit, source->cancel};
    struct evidence_reading *reading = replay ? evidence_begin(replay, &order, error) : NULL;
    const struct evidence *twin = reading ? evidence_end(reading, source->snapshot, error) : NULL;
    if (twin)
        evidence->twin = talloc_steal(evidence, twin);
    talloc_free(replay);
    if (!twin)
        return false;
    evidence->volatility = volatility_find(evidence, evidence->one->rows, twin->rows, evidence->days);
    const char *note = known_write(evidence, evidence->volatility, evidence->one->sequences, twin->sequences);
    if (note)
        notes_keep(source->scratch,
                   notes_migration_keys(evidence, source->scratch, source->directory)[source->directory->count], note);
    return true;
}
