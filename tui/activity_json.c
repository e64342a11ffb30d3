/* See activity_json.h. */
#include "tui/activity_json.h"

#include "tui/printer.h"

static json_t *lock_json(const struct activity_lock *lock)
{
    return json_pack("{s:o, s:o, s:o, s:b, s:o}", "kind", printer_json_text(lock->kind), "object",
                     printer_json_text(lock->object), "mode", printer_json_text(lock->mode), "granted",
                     lock->is_granted, "wait_ms", printer_json_integer(lock->wait_ms));
}

static json_t *progress_json(const struct activity_progress *progress)
{
    if (!progress)
        return json_null();
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "command", printer_json_text(progress->command),
        "relation", printer_json_text(progress->relation), "index", printer_json_text(progress->index), "phase",
        printer_json_text(progress->phase), "done", printer_json_integer(progress->done), "total",
        printer_json_integer(progress->total), "unit", printer_json_text(progress->unit), "waits_for",
        progress->locker > 0 ? json_integer(progress->locker) : json_null(), "lockers_done",
        printer_json_integer(progress->lockers_done), "lockers_total", printer_json_integer(progress->lockers_total));
}

static json_t *run_json(const struct activity_session *session)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *run, *part;
    json_t *json = json_null();
    if (activity_is_run(memory, session, &run, &part))
        json = json_pack("{s:o, s:o}", "run", printer_json_text(run), "part", printer_json_text(part));
    talloc_free(memory);
    return json;
}

/* What it does; the keys of the contract first. */
static json_t *doings_json(const struct activity_session *session)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "pid", (json_int_t)session->pid, "application",
                     printer_json_text(session->application), "user", printer_json_text(session->role), "state",
                     printer_json_text(session->state), "wait", printer_json_text(session->wait), "query",
                     printer_json_text(session->query), "transaction_age_ms",
                     printer_json_integer(session->transaction_age_ms), "query_age_ms",
                     printer_json_integer(session->query_age_ms), "state_age_ms",
                     printer_json_integer(session->state_age_ms));
}

json_t *activity_session_json(const struct activity *activity, const struct activity_session *session)
{
    json_t *blockers = json_array(), *locks = json_array();
    for (size_t i = 0; i < session->blocker_count; i++)
        json_array_append_new(blockers, json_integer(session->blockers[i]));
    for (size_t i = 0; i < session->lock_count; i++)
        json_array_append_new(locks, lock_json(&session->locks[i]));
    const struct activity_lock *wanted = activity_waits_for(session);
    json_t *json = doings_json(session);
    json_t *more =
        json_pack("{s:o, s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "blocked_by", blockers, "behind",
                  (json_int_t)activity_behind(activity, session), "waits_for", wanted ? lock_json(wanted) : json_null(),
                  "locks", locks, "lock_count", (json_int_t)(session->lock_count ? session->locks[0].total : 0),
                  "progress", progress_json(session->progress), "run", run_json(session), "database",
                  printer_json_text(session->database), "client", printer_json_text(session->client), "type",
                  printer_json_text(session->type), "visible", session->is_visible, "own", session->is_own);
    json_object_update(json, more);
    json_object_set_new(json, "started", printer_json_text(session->started));
    json_decref(more);
    return json;
}

static json_t *prepared_json(const struct activity *activity, size_t place)
{
    const struct activity_prepared *prepared = &activity->prepared[place];
    json_t *locks = json_array();
    for (size_t i = 0; i < activity->lock_count; i++)
        if (activity->locks[i].pid == 0 && prepared->transaction &&
            strcmp(activity->locks[i].transaction, prepared->transaction) == 0)
            json_array_append_new(locks, lock_json(&activity->locks[i]));
    return json_pack("{s:o, s:I, s:o, s:o, s:o, s:I, s:I, s:o}", "name", printer_json_text(prepared->name),
                     "transaction", (json_int_t)prepared->number, "user", printer_json_text(prepared->role), "database",
                     printer_json_text(prepared->database), "prepared_at", printer_json_text(prepared->prepared_at),
                     "age_ms", (json_int_t)prepared->age_ms, "behind",
                     (json_int_t)activity->tree->behind[activity->session_count + place], "locks", locks);
}

json_t *activity_json(const struct activity *activity)
{
    json_t *sessions = json_array(), *prepared = json_array();
    for (size_t i = 0; i < activity->session_count; i++)
        json_array_append_new(sessions, activity_session_json(activity, &activity->sessions[i]));
    for (size_t i = 0; i < activity->prepared_count; i++)
        json_array_append_new(prepared, prepared_json(activity, i));
    return json_pack("{s:o, s:o, s:o, s:b, s:o, s:o}", "at", printer_json_text(activity->at), "role",
                     printer_json_text(activity->role), "database", printer_json_text(activity->database), "sees_all",
                     activity->sees_all, "sessions", sessions, "prepared", prepared);
}
