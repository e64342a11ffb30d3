/* What is known of one row of the screen Activity: what it waits for and holds up first, then its statement, its locks.
 */
#include "store/result.h"
#include "tui/activity_words.h"
#include "tui/answer.h"
#include "tui/highlight.h"
#include "tui/screens/activity_view.h"

enum { NAME_COLUMNS = 11, BAR_COLUMNS = 30, MODE_COLUMNS = 24, NAMED_WAITERS = 8 };

static void add_bar(struct document *document, int percent)
{
    int full = BAR_COLUMNS * percent / 100;
    for (int i = 0; i < BAR_COLUMNS; i++)
        document_add(document, i < full ? LOOK_GOOD : LOOK_DIM, "%s",
                     theme_glyph(i < full ? GLYPH_BAR_FULL : GLYPH_BAR_EMPTY));
    document_line(document, LOOK_STRONG, " %d %%", percent);
}

static void add_progress(struct document *document, const struct activity_progress *progress)
{
    int percent = activity_progress_percent(progress);
    document_line(document, LOOK_NOTE, "%s", activity_progress_text(document, progress));
    if (percent >= 0)
        add_bar(document, percent);
}

/* Who waits for a node directly, as far as the tree shows it. */
static void add_waiters(struct document *document, const struct activity_rows *rows, size_t row)
{
    size_t named = 0, behind = rows->items[row].behind;
    if (!behind)
        return;
    document_add(document, LOOK_WARN, "holds up %s:", answer_count(document, behind, "session"));
    for (size_t i = row + 1; i < rows->count && rows->items[i].depth > rows->items[row].depth; i++)
        if (named++ < NAMED_WAITERS && activity_row_session(rows, i))
            document_add(document, LOOK_WARN, " %lld", (long long)activity_row_session(rows, i)->pid);
    document_line(document, LOOK_WARN, "%s", named > NAMED_WAITERS ? " …" : "");
}

static void add_locks(struct document *document, const struct activity_lock *locks, size_t count, size_t total)
{
    if (!count)
        return;
    document_line(document, LOOK_HEAD, "\nLocks (%zu)", total);
    for (size_t i = 0; i < count; i++)
        document_line(document, locks[i].is_granted ? LOOK_PLAIN : LOOK_BAD, " %-9s  %-*s  %s",
                      locks[i].is_granted ? "holds" : "waits for", MODE_COLUMNS, locks[i].mode, locks[i].object);
    if (total > count)
        document_line(document, LOOK_DIM, " and %zu more", total - count);
}

static void add_facts(struct document *document, const struct activity *activity,
                      const struct activity_session *session)
{
    const char *run, *part;
    if (activity_is_run(document, session, &run, &part))
        document_fact(document, "run", NAME_COLUMNS, LOOK_NOTE, "of pgdeck: %s, %s", run, part);
    if (session->transaction_age_ms != INTEGER_NULL)
        document_fact(document, "transaction", NAME_COLUMNS, LOOK_PLAIN, "open for %s",
                      answer_duration(document, session->transaction_age_ms));
    document_fact(document, "database", NAME_COLUMNS, LOOK_PLAIN, "%s", session->database ? session->database : "none");
    if (session->application)
        document_fact(document, "application", NAME_COLUMNS, LOOK_PLAIN, "%s", session->application);
    if (session->client)
        document_fact(document, "client", NAME_COLUMNS, LOOK_PLAIN, "%s", session->client);
    if (session->type && strcmp(session->type, "client backend") != 0)
        document_fact(document, "process", NAME_COLUMNS, LOOK_PLAIN, "%s", session->type);
    if (session->started)
        document_fact(document, "began", NAME_COLUMNS, LOOK_PLAIN, "%.10s %.8s UTC", session->started,
                      session->started + 11);
    if (!session->is_visible)
        document_line(document, LOOK_WARN, "What it does is unknown: %s", activity_unknown_hint(document, activity));
}

static void add_session(struct document *document, const struct activity_rows *rows, size_t row)
{
    const struct activity *activity = rows->activity;
    const struct activity_session *session = activity_row_session(rows, row);
    const char *wait = activity_wait_text(document, session);
    document_add(document, LOOK_STRONG, "%lld  %s", (long long)session->pid, activity_name_text(document, session));
    document_line(document, LOOK_PLAIN, "  %s, %s", activity_user_text(document, session, activity->database),
                  activity_state_text(document, session));
    add_waiters(document, rows, row);
    if (activity->tree->in_circle[rows->items[row].place])
        document_line(document, LOOK_BAD, "waits for itself by way of others: a deadlock, which the server ends");
    if (wait)
        document_line(document, session->blocker_count ? LOOK_BAD : LOOK_PLAIN, "%s", wait);
    if (session->blocker_count)
        document_line(document, LOOK_BAD, "blocked by %s", activity_blockers_text(document, session));
    if (session->progress)
        add_progress(document, session->progress);
    if (session->query) {
        document_end_line(document);
        highlight_sql(document, session->query, strlen(session->query));
        document_end_line(document);
    }
    add_facts(document, activity, session);
    add_locks(document, session->locks, session->lock_count, session->lock_count ? (size_t)session->locks[0].total : 0);
}

static void add_prepared(struct document *document, const struct activity_rows *rows, size_t row)
{
    const struct activity *activity = rows->activity;
    const struct activity_prepared *prepared = &activity->prepared[rows->items[row].place];
    document_add(document, LOOK_STRONG, "prepared transaction \"%s\"", prepared->name);
    document_line(document, LOOK_PLAIN, "  %s, prepared %s ago", prepared->role,
                  answer_duration(document, prepared->age_ms));
    add_waiters(document, rows, row);
    document_line(document, LOOK_PLAIN, "It belongs to no session, and holds its locks until somebody ends it:");
    document_line(document, LOOK_STRONG, "%s", activity_prepared_way_out(document, prepared));
    document_end_line(document);
    document_fact(document, "database", NAME_COLUMNS, LOOK_PLAIN, "%s", prepared->database);
    for (size_t i = 0; i < activity->lock_count; i++) {
        const struct activity_lock *lock = &activity->locks[i];
        if (lock->pid == 0 && prepared->transaction && strcmp(lock->transaction, prepared->transaction) == 0)
            document_fact(document, "holds", NAME_COLUMNS, LOOK_PLAIN, "%-*s  %s", MODE_COLUMNS, lock->mode,
                          lock->object);
    }
}

struct document *activity_document(TALLOC_CTX *owner, const struct activity_rows *rows, size_t row)
{
    struct document *document = document_new(owner);
    switch (rows->items[row].being) {
    case ACTIVITY_SESSION:
        add_session(document, rows, row);
        break;
    case ACTIVITY_PREPARED:
        add_prepared(document, rows, row);
        break;
    case ACTIVITY_GONE:
        document_line(document, LOOK_DIM,
                      "It blocked somebody, and had ended when the sessions were read. r reads again.");
        break;
    }
    return document;
}
