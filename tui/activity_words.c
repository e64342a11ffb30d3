/* See activity_words.h. */
#include "tui/activity_words.h"

#include <inttypes.h>

#include "store/result.h"
#include "store/sql.h"
#include "tui/answer.h"

enum { NAMED_BLOCKERS = 6 };

const char *activity_name_text(TALLOC_CTX *owner, const struct activity_session *session)
{
    const char *part;
    if (activity_is_run(owner, session, NULL, &part))
        return talloc_asprintf(owner, "pgdeck run %s", part);
    if (session->application)
        return session->application;
    bool is_client = !session->type || strcmp(session->type, "client backend") == 0;
    return is_client ? "-" : session->type;
}

const char *activity_user_text(TALLOC_CTX *owner, const struct activity_session *session, const char *database)
{
    const char *role = session->role ? session->role : "";
    if (!session->database || strcmp(session->database, database) == 0)
        return role;
    return talloc_asprintf(owner, "%s@%s", role, session->database);
}

static bool is_state(const struct activity_session *session, const char *state)
{
    return session->state && strncmp(session->state, state, strlen(state)) == 0;
}

const char *activity_state_text(TALLOC_CTX *owner, const struct activity_session *session)
{
    if (!session->state)
        return session->is_visible ? "at work" : "unknown";
    int64_t age_ms = is_state(session, "idle in transaction") ? session->transaction_age_ms
                     : is_state(session, "idle")              ? session->state_age_ms
                                                              : session->query_age_ms;
    bool is_known = age_ms != INTEGER_NULL;
    return talloc_asprintf(owner, "%s%s%s", session->state, is_known ? " " : "", answer_duration(owner, age_ms));
}

const char *activity_wait_text(TALLOC_CTX *owner, const struct activity_session *session)
{
    const struct activity_lock *lock = activity_waits_for(session);
    if (lock)
        return talloc_asprintf(owner, "waits %s%sfor %s on %s", answer_duration(owner, lock->wait_ms),
                               lock->wait_ms == INTEGER_NULL ? "" : " ", lock->mode, lock->object);
    bool is_of_note =
        session->wait && strncmp(session->wait, "Client: ", 8) != 0 && strncmp(session->wait, "Activity: ", 10) != 0;
    return is_of_note ? talloc_asprintf(owner, "waits: %s", session->wait) : NULL;
}

int activity_progress_percent(const struct activity_progress *progress)
{
    if (progress->total == INTEGER_NULL || progress->done == INTEGER_NULL || progress->total <= 0)
        return -1;
    int64_t percent = progress->done / (progress->total / 100 ? progress->total / 100 : 1);
    if (progress->total < INT64_MAX / 100)
        percent = progress->done * 100 / progress->total;
    return percent < 0 ? 0 : percent > 100 ? 100 : (int)percent;
}

const char *activity_progress_text(TALLOC_CTX *owner, const struct activity_progress *progress)
{
    const char *command = progress->command ? progress->command : "a long command";
    if (!progress->phase)
        return talloc_asprintf(owner, "unknown how far; %s", command);
    char *text = talloc_strdup(owner, progress->phase);
    int percent = activity_progress_percent(progress);
    if (percent >= 0)
        text = talloc_asprintf_append(text, ", %d %% (%" PRId64 " of %" PRId64 " %s)", percent, progress->done,
                                      progress->total, progress->unit);
    else if (progress->done != INTEGER_NULL && progress->unit)
        text = talloc_asprintf_append(text, ", %" PRId64 " %s", progress->done, progress->unit);
    if (progress->lockers_total > 0)
        text = talloc_asprintf_append(text, ", %" PRId64 " of %" PRId64 " sessions waited for", progress->lockers_done,
                                      progress->lockers_total);
    if (progress->locker > 0)
        text = talloc_asprintf_append(text, ", waits for session %" PRId64, progress->locker);
    return talloc_asprintf_append(text, "; %s %s%s%s", command, progress->index ? progress->index : "",
                                  progress->index ? " on " : "", progress->relation ? progress->relation : "a query");
}

const char *activity_query_line(TALLOC_CTX *owner, const char *query)
{
    static const char blanks[] = " \t\r\n\f\v";
    if (!query)
        return NULL;
    char *line = talloc_strdup(owner, query), *end = line;
    for (const char *at = query + strspn(query, blanks); *at;) {
        size_t size = strcspn(at, blanks);
        memcpy(end, at, size);
        end += size;
        at += size;
        size_t blank = strspn(at, blanks);
        if (blank && at[blank])
            *end++ = ' ';
        at += blank;
    }
    *end = '\0';
    return line;
}

const char *activity_summary_text(TALLOC_CTX *owner, const struct activity *activity)
{
    static const struct {
        const char *state, *text;
    } kinds[] = {{"active", "active"}, {"idle in transaction", "idle in transaction"}};
    size_t counts[countof(kinds)] = {0}, all = 0, waiting = 0, unknown = 0;
    for (size_t i = 0; i < activity->session_count; i++) {
        const struct activity_session *session = &activity->sessions[i];
        if (session->is_own)
            continue;
        all++;
        waiting += session->blocker_count > 0;
        unknown += !session->is_visible;
        for (size_t k = 0; k < countof(kinds); k++)
            counts[k] += is_state(session, kinds[k].state);
    }
    char *text = answer_count(owner, all, "session");
    const char *joint = ": ";
    for (size_t k = 0; k < countof(kinds); k++)
        if (counts[k]) {
            text = talloc_asprintf_append(text, "%s%zu %s", joint, counts[k], kinds[k].text);
            joint = ", ";
        }
    if (unknown)
        text = talloc_asprintf_append(text, "%s%zu unknown", joint, unknown);
    if (waiting)
        return talloc_asprintf_append(text, "; %zu wait%s for a lock", waiting, waiting == 1 ? "s" : "");
    return talloc_strdup_append(text, all ? "; nobody waits for a lock" : "");
}

const char *activity_summary_short(TALLOC_CTX *owner, const struct activity *activity)
{
    size_t all = 0, waiting = 0;
    for (size_t i = 0; i < activity->session_count; i++) {
        all += !activity->sessions[i].is_own;
        waiting += activity->sessions[i].blocker_count > 0;
    }
    const char *sessions = answer_count(owner, all, "session");
    if (!waiting)
        return sessions;
    return talloc_asprintf(owner, "%s, %zu wait%s for a lock", sessions, waiting, waiting == 1 ? "s" : "");
}

const char *activity_unknown_text(TALLOC_CTX *owner, const struct activity *activity)
{
    size_t unknown = 0;
    for (size_t i = 0; i < activity->session_count; i++)
        unknown += !activity->sessions[i].is_visible;
    if (activity->sees_all || !unknown)
        return NULL;
    return talloc_asprintf(owner, "what %s of other roles do%s is unknown: role %s may not see it",
                           unknown == 1 ? "1 session" : answer_count(owner, unknown, "session"),
                           unknown == 1 ? "es" : "", activity->role);
}

const char *activity_unknown_hint(TALLOC_CTX *owner, const struct activity *activity)
{
    return talloc_asprintf(owner, "GRANT pg_read_all_stats TO %s shows it.", sql_identifier(owner, activity->role));
}

const char *activity_prepared_way_out(TALLOC_CTX *owner, const struct activity_prepared *prepared)
{
    return talloc_asprintf(owner, "ROLLBACK PREPARED %s; ends it (or COMMIT PREPARED)",
                           sql_literal(owner, prepared->name));
}

const char *activity_blockers_text(TALLOC_CTX *owner, const struct activity_session *session)
{
    size_t shown = session->holder_count ? session->holder_count : session->blocker_count;
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < shown && i < NAMED_BLOCKERS; i++) {
        const char *joint = i ? ", " : "";
        if (session->blockers[i])
            text = talloc_asprintf_append(text, "%s%" PRId64, joint, session->blockers[i]);
        else
            text = talloc_asprintf_append(text, "%sa prepared transaction", joint);
    }
    if (shown > NAMED_BLOCKERS)
        text = talloc_asprintf_append(text, " and %zu more", shown - NAMED_BLOCKERS);
    if (session->blocker_count > shown)
        text = talloc_asprintf_append(text, "; %zu stand%s before it in the queue", session->blocker_count - shown,
                                      session->blocker_count - shown == 1 ? "s" : "");
    return text;
}

const char *const *activity_victim_lines(TALLOC_CTX *owner, const struct activity *activity,
                                         const struct activity_session *victim)
{
    const char **lines = talloc_zero_array(owner, const char *, 6);
    size_t count = 0, behind = activity_behind(activity, victim);
    const char *wait = activity_wait_text(lines, victim), *query = activity_query_line(lines, victim->query);
    lines[count++] =
        talloc_asprintf(lines, "%s, user %s, %s", activity_name_text(lines, victim),
                        activity_user_text(lines, victim, activity->database), activity_state_text(lines, victim));
    if (activity_is_run(lines, victim, NULL, NULL))
        lines[count++] = "It says that it is a run of pgdeck: stopping it stops the migration.";
    if (wait)
        lines[count++] = wait;
    if (behind)
        lines[count++] = talloc_asprintf(
            lines, "%s for it", behind == 1 ? "1 session waits" : talloc_asprintf(lines, "%zu sessions wait", behind));
    if (query)
        lines[count++] = query;
    return lines;
}
