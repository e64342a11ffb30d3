/* What the screen Activity has done in the background: reading, and stopping a session after a confirmation. */
#include "tui/activity_stop.h"
#include "tui/activity_words.h"
#include "tui/consent.h"
#include "tui/screens/activity_view.h"

enum { PACE_MS = 2000 };

/* ---- reading ---- */

static bool read_activity(struct task *task, void *argument, struct error *error)
{
    struct deck *deck = argument;
    struct session *session = session_open(task_memory(task), deck->pool, task_cancellation(task), error);
    struct activity *activity = session ? activity_read(task_memory(task), session, error) : NULL;
    talloc_free(session); /* by the thread that used it */
    task_set_result(task, activity);
    return activity != NULL;
}

static void on_pace(void *argument)
{
    struct activity_view *view = argument;
    if (view->pace == ACTIVITY_BY_ITSELF && console_front(view->base.console) == &view->base)
        activity_view_read(view);
    else if (view->pace == ACTIVITY_BY_ITSELF)
        loop_after(view->base.console->loop, PACE_MS, on_pace, view);
}

static void take(struct activity_view *view, struct task *task)
{
    struct task *old = view->done;
    view->done = talloc_steal(view, task);
    view->activity = task_result(task);
    activity_view_arrange(view);
    talloc_free(old); /* behind the rows that showed it */
}

/* An old picture stays: over it stands why there is no newer one, which is said once. */
static void keep_problem(struct activity_view *view, const struct error *error)
{
    struct console *console = view->base.console;
    bool is_known = error_is_set(view->problem), is_wanted = error->code == ERROR_CANCELLED && view->activity;
    if (is_wanted)
        console_say(console, MESSAGE_WARNING, "Cancelled: what is shown is what was there before.");
    else if (view->activity && !is_known)
        console_say_error(console, error);
    error_clear(view->problem);
    if (!is_wanted)
        error_copy(view->problem, error);
}

static void on_read(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct activity_view *view = argument;
    view->reading = NULL;
    if (succeeded) {
        if (view->activity && error_is_set(view->problem))
            console_say(view->base.console, MESSAGE_GOOD, "The server answers again.");
        error_clear(view->problem);
        take(view, task);
    } else {
        keep_problem(view, error);
    }
    if (!view->activity)
        activity_view_fill(view);
    if (view->pace == ACTIVITY_BY_ITSELF)
        loop_after(view->base.console->loop, PACE_MS, on_pace, view);
}

void activity_view_read(struct activity_view *view)
{
    struct console *console = view->base.console;
    if (view->reading || !console->is_target_open)
        return;
    struct task_options options = {.name = "activity", .run = read_activity, .argument = console->deck};
    struct error *error = error_new(view);
    view->reading = loop_start(console->loop, &options, on_read, view, error);
    if (!view->reading)
        console_say_error(console, error);
    talloc_free(error);
}

void activity_view_set_pace(struct activity_view *view, enum activity_pace pace)
{
    struct console *console = view->base.console;
    view->pace = pace;
    loop_forget(console->loop, on_pace, view);
    if (pace == ACTIVITY_BY_ITSELF)
        activity_view_read(view);
    if (pace == ACTIVITY_BY_ITSELF && !view->reading)
        loop_after(console->loop, PACE_MS, on_pace, view);
    console_say(console, MESSAGE_NOTE,
                pace == ACTIVITY_BY_ITSELF ? "Reading every 2 seconds; R stops that." : "Reading only when asked: r.");
}

/* ---- stopping ---- */

/* A copy that outlives the reading it comes from. */
struct activity_victim {
    struct activity_view *view;
    struct deck *deck;
    struct activity_session session;
    enum activity_deed deed;
};

struct stopped {
    enum activity_outcome outcome;
};

static const char *copy(TALLOC_CTX *owner, const char *text) { return text ? talloc_strdup(owner, text) : NULL; }

static struct activity_victim *victim_new(struct activity_view *view, const struct activity_session *session,
                                          enum activity_deed deed)
{
    struct activity_victim *victim = talloc_zero(view, struct activity_victim);
    *victim = (struct activity_victim){.view = view, .deck = view->base.console->deck, .deed = deed};
    victim->session = (struct activity_session){.pid = session->pid,
                                                .application = copy(victim, session->application),
                                                .role = copy(victim, session->role),
                                                .database = copy(victim, session->database),
                                                .state = copy(victim, session->state),
                                                .started = copy(victim, session->started)};
    return victim;
}

static bool stop(struct task *task, void *argument, struct error *error)
{
    const struct activity_victim *victim = argument;
    struct stopped *stopped = talloc_zero(task_memory(task), struct stopped);
    struct session *session = session_open(task_memory(task), victim->deck->pool, task_cancellation(task), error);
    bool ok = session &&
              activity_signal(session, &victim->session, victim->deed, victim->deck->log, &stopped->outcome, error);
    talloc_free(session);
    task_set_result(task, stopped);
    return ok;
}

static void on_stopped(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct activity_victim *victim = argument;
    struct activity_view *view = victim->view;
    struct console *console = view->base.console;
    view->stopping = NULL;
    if (succeeded) {
        enum activity_outcome outcome = ((const struct stopped *)task_result(task))->outcome;
        char *text = talloc_strdup(view, activity_stop_text(victim, victim->deed, victim->session.pid, outcome));
        console_say(console, outcome == ACTIVITY_ENDED ? MESSAGE_GOOD : MESSAGE_WARNING, "%s", text);
        talloc_free(text);
    } else {
        console_say_error(console, error);
    }
    activity_view_read(view);
}

static void start(struct activity_view *view, struct activity_victim *victim)
{
    struct console *console = view->base.console;
    struct task_options options = {.name = activity_deed_name(victim->deed), .run = stop, .argument = victim};
    struct error *error = error_new(view);
    view->stopping = loop_start(console->loop, &options, on_stopped, victim, error);
    if (view->stopping) {
        loop_keep(console->loop, view->stopping, victim);
    } else {
        console_say_error(console, error);
        talloc_free(victim);
    }
    talloc_free(error);
}

static void on_answer(void *argument, enum dialog_answer answer)
{
    struct activity_view *view = argument;
    struct activity_victim *victim = view->victim;
    view->victim = NULL;
    if (answer == DIALOG_YES) {
        start(view, victim);
    } else {
        console_say(view->base.console, MESSAGE_NOTE, "Session %lld was left alone.", (long long)victim->session.pid);
        talloc_free(victim);
    }
}

static const struct activity_session *session_here(const struct activity_view *view)
{
    ptrdiff_t row = view->rows ? tree_cursor(view->tree) : -1;
    return row < 0 ? NULL : activity_row_session(view->rows, (size_t)row);
}

static const char *no_session_text(const struct activity_view *view, TALLOC_CTX *owner)
{
    ptrdiff_t row = view->rows ? tree_cursor(view->tree) : -1;
    if (row < 0 || view->rows->items[row].being == ACTIVITY_GONE)
        return "There is no session here.";
    const struct activity_prepared *prepared = &view->activity->prepared[view->rows->items[row].place];
    return talloc_asprintf(owner, "This is no session. %s.", activity_prepared_way_out(owner, prepared));
}

const char *activity_view_stop_refusal(const struct activity_view *view, TALLOC_CTX *owner, enum activity_deed deed)
{
    const char *refusal = consent_refusal(view->base.console);
    const struct activity_session *session = session_here(view);
    if (refusal)
        return refusal;
    if (!session)
        return no_session_text(view, owner);
    if (view->stopping)
        return "Another session is being stopped: its end is waited for.";
    struct error *error = error_new(owner);
    if (activity_victim(view->activity, deed, session->pid, error))
        return NULL;
    return talloc_asprintf(owner, "%s. %s", error->message, error->hint);
}

void activity_view_stop(struct activity_view *view, enum activity_deed deed)
{
    struct console *console = view->base.console;
    const struct activity_session *session = session_here(view);
    TALLOC_CTX *memory = talloc_new(NULL);
    struct confirmation question =
        activity_stop_question(memory, console->deck->target->name, view->activity, session, deed);
    view->victim = victim_new(view, session, deed);
    consent_ask(console, &question, activity_stop_verb(deed), on_answer, view);
    talloc_free(memory);
}
