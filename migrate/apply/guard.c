/* See guard.h. */
#include "migrate/apply/guard.h"

#include "migrate/guard/leaks.h"
#include "store/text.h"

/* An event at the place that was told last. Called with run->telling held. */
static void tell(struct run *run, enum apply_event_kind kind, const struct watcher_look *look, const char *text)
{
    struct apply_event event = run->told;
    event.kind = kind;
    event.duration_ms = look->waiting_ms;
    event.queued = look->queued;
    event.queue_ms = look->queue_ms;
    event.lock_left_ms = look->lock_left_ms;
    *event.text = '\0';
    text_append(event.text, sizeof event.text, text);
    run->options->on_event(run->options->listener, &event);
}

static void tell_break(struct run *run, const struct watcher_look *look)
{
    char text[sizeof((struct apply_event *)0)->text];
    snprintf(text, sizeof text, "the circuit breaker stops the statement, which %s: %s",
             look->is_waiting ? "waits for a lock" : "holds what others wait for", look->queue);
    tell(run, APPLY_BREAKER, look, text);
}

/* On the watcher's thread. */
static void hear(void *listener, enum watcher_news news, const struct watcher_look *look)
{
    struct run *run = listener;
    if (!run->options->on_event)
        return;
    pthread_mutex_lock(&run->telling);
    if (news == NEWS_BREAKER)
        tell_break(run, look);
    else if (look->is_waiting)
        tell(run, APPLY_BLOCKED, look, look->blocked);
    if (news == NEWS_LOOK && (look->queued > 0 || run->is_queue_told))
        tell(run, APPLY_QUEUE, look, look->queue);
    run->is_queue_told = look->queued > 0;
    pthread_mutex_unlock(&run->telling);
}

void guard_start(struct run *run, const struct plan *plan)
{
    if (plan->count == 0)
        return;
    char *name = talloc_asprintf(NULL, "pgdeck:%s:watch", run->actor.run);
    run->watcher = watcher_start(run, &(struct watcher_options){
                                          .target = run->options->target,
                                          .settings = run->options->settings,
                                          .application = name,
                                          .on_news = hear,
                                          .listener = run,
                                      });
    talloc_free(name);
    if (!run->watcher)
        run_emit(run, APPLY_WARNING, "there is no thread for the watcher: nobody looks who waits behind this run", 0);
}

void guard_begin(struct run *run, enum watcher_power power)
{
    run->seen = (struct watcher_end){0};
    bool is_endless = power == WATCH_LOOKS && run->held_wait_ms == 0;
    watcher_begin(run->watcher, connection_backend_pid(run->work), is_endless ? 0 : run_lock_wait_ms(run, run->step),
                  power);
}

void guard_end(struct run *run) { watcher_end(run->watcher, &run->seen); }

/* Keeps the place, and says what happened instead of "canceling statement due to user request". */
static void set_stopped(struct error *error, const struct watcher_look *look)
{
    struct error *before = error_new(NULL);
    error_copy(before, error);
    error_set(error, ERROR_LOCK_TIMEOUT,
              "the circuit breaker stopped the statement: %d session%s waited behind it, the "
              "first for %.1f s",
              look->queued, look->queued == 1 ? "" : "s", (double)look->queue_ms / 1000);
    if (before->file)
        error_place(error, before->file, before->line, before->column);
    error->statement = before->statement;
    memcpy(error->sqlstate, before->sqlstate, sizeof error->sqlstate);
    talloc_free(before);
}

void guard_explain(struct run *run, struct error *error)
{
    const struct watcher_look *look = &run->seen.look;
    bool is_stopped =
        run->seen.stop != STOP_NONE && error->code == ERROR_CANCELLED && !cancel_is_requested(run->options->cancel);
    if (is_stopped)
        set_stopped(error, look);
    else
        run->seen.stop = STOP_NONE;
    bool is_about_locks = error->code == ERROR_LOCK_TIMEOUT || error->code == ERROR_CANCELLED;
    if (is_about_locks && !error->detail && *look->blocked)
        error_detail(error, "it %s%s%s", look->blocked, *look->queue ? "; " : "", look->queue);
    else if (is_about_locks && !error->detail && *look->queue)
        error_detail(error, "%s", look->queue);
}

void guard_tell_leaks(struct run *run, const char *role)
{
    const struct plan_step *step = run->step;
    if (!run->work || connection_state(run->work) != STATE_IDLE || !leaks_may_be(step->file))
        return;
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *left = leaks_ask(memory, run->work, settings_text(run->options->settings, SETTING_search_path),
                                 step->statement_timeout_ms);
    if (role)
        left = talloc_asprintf(memory, "role %s%s%s", role, left ? "; " : "", left ? left : "");
    if (left)
        run_emit(run, APPLY_WARNING,
                 talloc_asprintf(
                     memory, "the file leaves in its session: %s; all of it is taken back before the next file", left),
                 0);
    talloc_free(memory);
}
