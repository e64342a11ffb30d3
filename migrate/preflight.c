/* See preflight.h. */
#include "migrate/preflight.h"

#include <strings.h>

#include "migrate/preflight_plan.h"

#define LONG_MS "5000"
#define LAG_MS 10000
#define ROOM_LEAST 100 /* locks that others need meanwhile */

extern const char sql_preflight[];

struct row {
    const char *what;
    int64_t pid;
    const char *application, *role, *state;
    int64_t age_ms;
    const char *relation, *mode;
    int64_t number;
    bool is_wraparound, has_rights;
};

static const struct column columns[] = {
    COLUMN(struct row, what),          COLUMN(struct row, pid),        COLUMN(struct row, application),
    COLUMN(struct row, role),          COLUMN(struct row, state),      COLUMN(struct row, age_ms),
    COLUMN(struct row, relation),      COLUMN(struct row, mode),       COLUMN(struct row, number),
    COLUMN(struct row, is_wraparound), COLUMN(struct row, has_rights),
};

/* A relation that the plan touches, and the strongest lock on it. */
struct need {
    const char *relation;
    enum lock_mode mode;
    bool is_named, is_transactional;
};

struct look {
    struct preflight *preflight;
    const struct plan *plan;
    struct need *needs;
    size_t need_count;
    size_t most_locks; /* of one file */
    bool is_measured;  /* of every statement it is known what it touches */
    bool sets_role;
};

/* ---- what the plan needs ---- */

static struct need *find_need(const struct look *look, const char *relation)
{
    for (size_t i = 0; i < look->need_count; i++)
        if (strcmp(look->needs[i].relation, relation) == 0)
            return &look->needs[i];
    return NULL;
}

static void add_need(struct look *look, const struct fact_lock *lock, bool is_transactional)
{
    struct need *need = find_need(look, lock->relation);
    if (!need) {
        look->needs = talloc_realloc(look->preflight, look->needs, struct need, (unsigned)look->need_count + 1);
        need = &look->needs[look->need_count++];
        *need = (struct need){.relation = lock->relation};
    }
    need->mode = lock->mode > need->mode ? lock->mode : need->mode;
    need->is_named = need->is_named || !lock->is_unnamed;
    need->is_transactional = need->is_transactional || is_transactional;
}

static void add_needs(struct look *look, const struct plan_step *step)
{
    size_t locks = 0;
    for (size_t i = step->first_statement; i < step->file->statements.count; i++) {
        const struct facts *facts = step->facts ? &step->facts[i] : NULL;
        const struct statement *statement = &step->file->statements.items[i];
        look->sets_role = look->sets_role || (statement->kind == STATEMENT_SET && statement->size_bytes > 4 &&
                                              !strncasecmp(statement->text, "SET ", 4));
        look->is_measured = look->is_measured && facts && facts->source != FACTS_UNKNOWN;
        for (size_t j = 0; facts && j < facts->lock_count; j++)
            add_need(look, &facts->locks[j], step->file->is_transactional);
        locks += facts ? facts->lock_count : 0;
    }
    look->most_locks = locks > look->most_locks ? locks : look->most_locks;
}

/* ---- findings ---- */

void preflight_find(struct preflight *preflight, enum preflight_severity severity, const char *message,
                    const char *hint)
{
    preflight->findings = talloc_realloc(preflight, preflight->findings, struct preflight_finding,
                                         (unsigned)preflight->finding_count + 1);
    preflight->findings[preflight->finding_count++] = (struct preflight_finding){severity, message, hint};
}

static void find(struct look *look, enum preflight_severity severity, const char *message, const char *hint)
{
    preflight_find(look->preflight, severity, message, hint);
}

static void add_blocker(struct look *look, const struct row *row)
{
    struct preflight *preflight = look->preflight;
    preflight->blockers = talloc_realloc(preflight, preflight->blockers, struct preflight_blocker,
                                         (unsigned)preflight->blocker_count + 1);
    preflight->blockers[preflight->blocker_count++] = (struct preflight_blocker){
        .pid = row->pid == INTEGER_NULL ? 0 : row->pid,
        .application = row->application,
        .role = row->role,
        .state = row->state,
        .transaction_age_ms = row->age_ms,
        .relation = row->relation,
        .mode = row->mode,
    };
}

static bool is_blocker(const struct look *look, int64_t pid)
{
    for (size_t i = 0; i < look->preflight->blocker_count; i++)
        if (look->preflight->blockers[i].pid == pid)
            return true;
    return false;
}

/* Source: PostgreSQL's documentation, "Conflicting Lock Modes": the modes that a lock conflicts with begin here, but
 * for the two that conflict with themselves alone among the weak ones. */
static bool conflicts(enum lock_mode one, enum lock_mode other)
{
    static const enum lock_mode from[] = {
        [LOCK_NONE] = LOCK_ACCESS_EXCLUSIVE + 1,
        [LOCK_ACCESS_SHARE] = LOCK_ACCESS_EXCLUSIVE,
        [LOCK_ROW_SHARE] = LOCK_EXCLUSIVE,
        [LOCK_ROW_EXCLUSIVE] = LOCK_SHARE,
        [LOCK_SHARE_UPDATE_EXCLUSIVE] = LOCK_SHARE_UPDATE_EXCLUSIVE,
        [LOCK_SHARE] = LOCK_ROW_EXCLUSIVE,
        [LOCK_SHARE_ROW_EXCLUSIVE] = LOCK_ROW_EXCLUSIVE,
        [LOCK_EXCLUSIVE] = LOCK_ROW_SHARE,
        [LOCK_ACCESS_EXCLUSIVE] = LOCK_ACCESS_SHARE,
    };
    if (one == LOCK_SHARE && other == LOCK_SHARE)
        return false;
    return other >= from[one];
}

static void take_holder(struct look *look, const struct row *row)
{
    const struct need *need = find_need(look, row->relation);
    if (!need || !conflicts(need->mode, lock_mode_parse(row->mode)))
        return;
    add_blocker(look, row);
    if (row->is_wraparound && need->mode >= LOCK_SHARE_UPDATE_EXCLUSIVE)
        find(look, PREFLIGHT_REFUSES,
             talloc_asprintf(look->preflight,
                             "an autovacuum to prevent wraparound is at work on %s (pid %lld); it gives way to nobody",
                             row->relation, (long long)row->pid),
             "Wait until it has ended (pg_stat_progress_vacuum shows how far it is), then plan again.");
}

static void take_long(struct look *look, const struct row *row)
{
    if (!is_blocker(look, row->pid))
        add_blocker(look, row);
}

static void take_prepared(struct look *look, const struct row *row)
{
    const struct need *need = row->relation ? find_need(look, row->relation) : NULL;
    if (need && !conflicts(need->mode, lock_mode_parse(row->mode ? row->mode : "")))
        return;
    add_blocker(look, row);
    find(look, PREFLIGHT_WARNS,
         talloc_asprintf(look->preflight,
                         "the prepared transaction \"%s\" of %s holds its locks%s%s until somebody ends it",
                         row->application, row->role, row->relation ? ", on " : "", row->relation ? row->relation : ""),
         "COMMIT PREPARED or ROLLBACK PREPARED ends it, in this database.");
}

static void take_invalid(struct look *look, const struct row *row)
{
    find(look, PREFLIGHT_WARNS, talloc_asprintf(look->preflight, "index %s is invalid", row->relation),
         talloc_asprintf(look->preflight,
                         "REINDEX INDEX CONCURRENTLY %s; mends it, DROP INDEX CONCURRENTLY %s; takes it away.",
                         row->relation, row->relation));
}

static void take_lag(struct look *look, const struct row *row)
{
    if (row->number != INTEGER_NULL && row->number >= LAG_MS)
        find(look, PREFLIGHT_WARNS,
             talloc_asprintf(look->preflight, "the standby %s is %lld s behind", row->application,
                             (long long)row->number / 1000),
             "What rewrites a table makes it fall back further; wait until it has caught up.");
}

/* Without any of these rights no ACCESS EXCLUSIVE lock is to be had, by no statement. */
static void take_foreign(struct look *look, const struct row *row)
{
    const struct need *need = find_need(look, row->relation);
    if (!need || need->mode < LOCK_ACCESS_EXCLUSIVE || !need->is_named || row->has_rights || look->sets_role)
        return;
    find(look, PREFLIGHT_REFUSES,
         talloc_asprintf(look->preflight, "%s belongs to %s, and the role that migrates has no rights to change it",
                         row->relation, row->role),
         "Migrate as its owner or a member of that role: the setting role says which.");
}

static void take_room(struct look *look, const struct row *row)
{
    int64_t left = row->number, wanted = (int64_t)look->most_locks;
    if (wanted + ROOM_LEAST <= left)
        return;
    find(look, wanted > left ? PREFLIGHT_REFUSES : PREFLIGHT_WARNS,
         talloc_asprintf(look->preflight, "the server's lock table has room for %lld more locks, and a file takes %lld",
                         (long long)left, (long long)wanted),
         "Raise max_locks_per_transaction (it needs a restart), or let a file touch fewer relations.");
}

static void take_hidden(struct look *look, const struct row *row)
{
    look->preflight->unknown = talloc_asprintf(
        look->preflight, "role %s may not see what other sessions do: whether there are long transactions is unknown",
        row->role);
    find(look, PREFLIGHT_UNKNOWN, look->preflight->unknown, "GRANT pg_monitor to it lets it see them.");
}

/* A row of the query and who takes it. */
static const struct {
    const char *what;
    void (*take)(struct look *look, const struct row *row);
} takers[] = {
    {"holder", take_holder}, {"long", take_long},       {"prepared", take_prepared}, {"invalid", take_invalid},
    {"lag", take_lag},       {"foreign", take_foreign}, {"room", take_room},         {"hidden", take_hidden},
};

static void take_rows(struct look *look, const struct row *rows, size_t count)
{
    for (size_t t = 0; t < countof(takers); t++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(rows[i].what, takers[t].what) == 0)
                takers[t].take(look, &rows[i]);
}

static int by_severity(const void *left, const void *right)
{
    const struct preflight_finding *one = left, *other = right;
    if (one->severity != other->severity)
        return one->severity > other->severity ? -1 : 1;
    return strcmp(one->message, other->message);
}

/* A text array of the names, as the server reads it. */
static char *names_of(TALLOC_CTX *owner, const struct look *look)
{
    char *text = talloc_strdup(owner, "{");
    for (size_t i = 0; i < look->need_count; i++) {
        text = talloc_strdup_append_buffer(text, i ? ",\"" : "\"");
        for (const char *c = look->needs[i].relation; *c; c++)
            text = talloc_asprintf_append_buffer(text, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        text = talloc_strdup_append_buffer(text, "\"");
    }
    return talloc_strdup_append_buffer(text, "}");
}

static bool ask(struct look *look, struct connection *connection, const struct settings *settings, struct error *error)
{
    struct error *refusal = error_new(look->preflight);
    const char *names = names_of(refusal, look);
    size_t count = 0;
    struct result *result =
        connection_query(look->preflight, connection, PARAMETERS(names, settings_text(settings, SETTING_role), LONG_MS),
                         refusal, sql_preflight);
    if (!result && (refusal->is_connection_lost || refusal->code == ERROR_CANCELLED)) {
        error_copy(error, refusal);
        return false;
    }
    if (!result) {
        look->preflight->unknown =
            talloc_asprintf(look->preflight, "the server did not say what is in the way: %s", refusal->message);
        find(look, PREFLIGHT_UNKNOWN, look->preflight->unknown, NULL);
        return true;
    }
    const struct row *rows = result_bind(result, columns, countof(columns), sizeof *rows, &count, error);
    if (rows)
        take_rows(look, rows, count);
    return rows != NULL;
}

struct preflight *preflight_look(TALLOC_CTX *owner, struct connection *connection, const struct plan *plan,
                                 const struct settings *settings, struct error *error)
{
    struct look look = {.preflight = talloc_zero(owner, struct preflight), .plan = plan, .is_measured = true};
    for (size_t i = 0; i < plan->count; i++)
        add_needs(&look, &plan->steps[i]);
    if (!ask(&look, connection, settings, error) || !preflight_ask_journal(look.preflight, connection, plan, error)) {
        talloc_free(look.preflight);
        return NULL;
    }
    struct preflight *preflight = look.preflight;
    preflight_foresee(preflight, plan, settings);
    if (!look.is_measured && plan->count > 0 && !preflight->unknown)
        preflight->unknown = "not every statement was measured: who holds locks on what it touches is unknown";
    if (preflight->finding_count > 0)
        qsort(preflight->findings, preflight->finding_count, sizeof *preflight->findings, by_severity);
    return preflight;
}

char *preflight_describe(TALLOC_CTX *owner, const struct preflight_blocker *blocker)
{
    char *text =
        blocker->pid
            ? talloc_asprintf(owner, "pid %lld (%s%s%s)", (long long)blocker->pid, blocker->role ? blocker->role : "",
                              blocker->role && blocker->application && *blocker->application ? ", " : "",
                              blocker->application ? blocker->application : "")
            : talloc_asprintf(owner, "prepared transaction \"%s\" (%s)", blocker->application, blocker->role);
    if (blocker->state && blocker->pid)
        text = talloc_asprintf_append_buffer(text, ", %s", blocker->state);
    if (blocker->transaction_age_ms != INTEGER_NULL)
        text = talloc_asprintf_append_buffer(text, ", in a transaction for %lld.%lld s",
                                             (long long)blocker->transaction_age_ms / 1000,
                                             (long long)blocker->transaction_age_ms / 100 % 10);
    if (blocker->relation)
        text = talloc_asprintf_append_buffer(text, ", holds %s on %s", blocker->mode, blocker->relation);
    return text;
}

bool preflight_allows(const struct preflight *preflight, struct error *error)
{
    if (preflight->finding_count == 0 || preflight->findings[0].severity != PREFLIGHT_REFUSES)
        return true;
    error_set(error, ERROR_REFUSED, "%s", preflight->findings[0].message);
    return error_hint(error, "%s", preflight->findings[0].hint);
}
