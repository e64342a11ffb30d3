/* See signal.h. One statement looks whether the process id still is the session's and sends the signal: no time lies
 * between in which another session could get it. */
#include "store/activity/signal.h"

#include "store/clock.h"
#include "store/result.h"
#include "store/text.h"

enum { WAIT_MS = 3000, POLL_MS = 50 };

extern const char sql_activity_cancel[], sql_activity_terminate[], sql_activity_seen[];

static const struct deed {
    const char *name, *sql, *event;
} deeds[] = {
    [ACTIVITY_CANCEL] = {"cancel", sql_activity_cancel, "session_cancel"},
    [ACTIVITY_TERMINATE] = {"terminate", sql_activity_terminate, "session_terminate"},
};

const char *activity_deed_name(enum activity_deed deed) { return deeds[deed].name; }

const char *activity_outcome_name(enum activity_outcome outcome)
{
    return outcome == ACTIVITY_ENDED ? "ended" : "asked";
}

static bool refuse_absent(int64_t pid, struct error *error)
{
    error_set(error, ERROR_REFUSED, "no session of this server has the process id %lld", (long long)pid);
    return error_hint(error, "It may have ended meanwhile: \"pgdeck activity\" lists the sessions.");
}

const struct activity_session *activity_victim(const struct activity *activity, enum activity_deed deed, int64_t pid,
                                               struct error *error)
{
    const struct activity_session *victim = activity_find(activity, pid);
    if (!victim) {
        (void)refuse_absent(pid, error);
        return NULL;
    }
    if (victim->is_own) {
        error_set(error, ERROR_REFUSED, "the process id %lld is that of the session that asks", (long long)pid);
        error_hint(error, "It ends with this command; name another one.");
        return NULL;
    }
    if (deed == ACTIVITY_CANCEL && victim->state && strncmp(victim->state, "idle", 4) == 0) {
        error_set(error, ERROR_REFUSED, "session %lld runs no statement that could be cancelled: it is %s",
                  (long long)pid, victim->state);
        error_hint(error, "What it holds it keeps until its client ends the transaction. Terminating it ends both.");
        return NULL;
    }
    return victim;
}

/* Sends the signal. *seen: what the session did then, NULL where that is unknown. Owner: `memory`. */
static bool send_signal(TALLOC_CTX *memory, struct session *session, const struct activity_session *victim,
                        enum activity_deed deed, const char *pid, const char **seen, struct error *error)
{
    struct result *result =
        connection_query(memory, session->connection, PARAMETERS(pid, victim->started), error, deeds[deed].sql);
    if (!result && error_is_sqlstate(error, "42501"))
        error_hint(error,
                   "Sessions of other roles are signalled by members of these roles or of pg_signal_backend; those "
                   "of superusers by superusers alone.");
    if (!result)
        return error_prefix(error, "session %s", pid);
    bool is_there = result_row_count(result) == 1, is_done = is_there && result_cell(result, 0, 0)[0] == 't';
    if (!is_done)
        return refuse_absent(victim->pid, error);
    *seen = result_cell(result, 0, 1);
    return true;
}

/* A statement has ended when the session does another thing, a session when it is gone. What cannot be asked any more
 * is not known to have ended: the signal was sent all the same. */
static bool has_ended(TALLOC_CTX *memory, struct session *session, const struct activity_session *victim,
                      enum activity_deed deed, const char *pid, const char *seen)
{
    struct error *unasked = error_new(memory);
    struct result *result =
        connection_query(memory, session->connection, PARAMETERS(pid, victim->started), unasked, sql_activity_seen);
    if (!result)
        return false;
    if (result_row_count(result) == 0)
        return true;
    const char *now = result_cell(result, 0, 0);
    return deed == ACTIVITY_CANCEL && seen && now && strcmp(seen, now) != 0;
}

static enum activity_outcome wait_for_it(TALLOC_CTX *memory, struct session *session,
                                         const struct activity_session *victim, enum activity_deed deed,
                                         const char *pid, const char *seen)
{
    struct cancel *cancel = connection_cancel(session->connection);
    int64_t end_ms = clock_monotonic_ms() + WAIT_MS;
    do {
        if (has_ended(memory, session, victim, deed, pid, seen))
            return ACTIVITY_ENDED;
    } while (cancel_sleep(cancel, POLL_MS) && clock_monotonic_ms() < end_ms);
    return ACTIVITY_ASKED;
}

static void write_record(struct log *log, const struct activity_session *victim, enum activity_deed deed,
                         const char *outcome)
{
    const struct {
        const char *name, *text;
    } facts[] = {
        {"started", victim->started}, {"application", victim->application},
        {"user", victim->role},       {"database", victim->database},
        {"state", victim->state},     {"outcome", outcome},
    };
    json_t *fields = json_pack("{s:I}", "session_pid", (json_int_t)victim->pid);
    for (size_t i = 0; i < countof(facts); i++)
        if (facts[i].text) {
            char *text = text_encode(NULL, facts[i].text, strlen(facts[i].text));
            json_object_set_new(fields, facts[i].name, json_string(text));
            talloc_free(text);
        }
    log_write(log, LOG_LEVEL_WARNING, deeds[deed].event, fields);
}

bool activity_signal(struct session *session, const struct activity_session *victim, enum activity_deed deed,
                     struct log *log, enum activity_outcome *outcome, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    char *pid = talloc_asprintf(memory, "%lld", (long long)victim->pid);
    const char *seen = NULL;
    bool ok = send_signal(memory, session, victim, deed, pid, &seen, error);
    if (ok)
        *outcome = wait_for_it(memory, session, victim, deed, pid, seen);
    write_record(log, victim, deed, ok ? activity_outcome_name(*outcome) : "refused");
    talloc_free(memory);
    return ok;
}
