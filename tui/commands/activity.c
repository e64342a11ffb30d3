/* activity: who is at work on the server, who blocks whom, how far index builds are; and stopping somebody, asked like
 * any write. */
#include <errno.h>

#include "store/activity.h"
#include "store/activity/signal.h"
#include "tui/activity_json.h"
#include "tui/activity_print.h"
#include "tui/activity_stop.h"
#include "tui/activity_words.h"
#include "tui/answer.h"
#include "tui/command.h"

enum { WATCH_MS = 2000 };
enum round { ROUND_ONLY, ROUND_FIRST, ROUND_LATER }; /* what is said once is said in the first */

/* ---- arguments ---- */

/* Options by the deed that they ask for; their names are the deeds'. */
static const enum activity_deed deeds[] = {ACTIVITY_CANCEL, ACTIVITY_TERMINATE};

/* Place of the deed that was asked for; countof(deeds): none. */
static size_t deed_of(const struct arguments *arguments)
{
    size_t i = 0;
    while (i < countof(deeds) && !arguments_has(arguments, activity_deed_name(deeds[i])))
        i++;
    return i;
}

static enum command_effect effect(const struct arguments *arguments)
{
    return deed_of(arguments) < countof(deeds) ? EFFECT_SESSIONS : EFFECT_NONE;
}

/* A process id; 0: it is none. */
static int64_t pid_of(const char *text)
{
    char *end;
    errno = 0;
    long long pid = strtoll(text, &end, 10);
    return *end || errno || pid < 1 || pid > INT32_MAX ? 0 : pid;
}

static bool check(const struct arguments *arguments, struct error *error)
{
    size_t deed = deed_of(arguments);
    bool is_deed = deed < countof(deeds);
    if (arguments_has(arguments, "cancel") && arguments_has(arguments, "terminate"))
        return error_set(error, ERROR_USAGE, "--cancel and --terminate exclude each other");
    if (is_deed && arguments_has(arguments, "watch"))
        return error_set(error, ERROR_USAGE, "--watch and --%s exclude each other", activity_deed_name(deeds[deed]));
    if (is_deed && !pid_of(arguments_value(arguments, activity_deed_name(deeds[deed]))))
        return error_set(error, ERROR_USAGE, "--%s is \"%s\", but must be the process id of a session",
                         activity_deed_name(deeds[deed]), arguments_value(arguments, activity_deed_name(deeds[deed])));
    if (!is_deed &&
        (arguments_has(arguments, "started") || arguments_has(arguments, "yes") || arguments_has(arguments, "confirm")))
        return error_set(error, ERROR_USAGE, "--started, --yes and --confirm are for --cancel and --terminate");
    return true;
}

/* ---- looking ---- */

typedef void (*document_fn)(struct printer *printer, json_t *document);

static void warn_of_unknown(struct command_context *context, const struct activity *activity)
{
    const char *text = activity_unknown_text(context->memory, activity);
    if (text)
        printer_warning(context->printer, "%s. %s", text, activity_unknown_hint(context->memory, activity));
}

/* Reads once and shows it, with `document` as what JSON is written by. */
static bool look(struct command_context *context, struct session *session, const struct answer_target *target,
                 document_fn document, enum round round, struct error *error)
{
    struct activity *activity = activity_read(context->memory, session, error);
    if (!activity)
        return false;
    if (round != ROUND_LATER)
        warn_of_unknown(context, activity);
    json_t *whole = json_pack("{s:o}", "target", answer_target_json(target)), *reading = activity_json(activity);
    json_object_update(whole, reading);
    json_decref(reading);
    document(context->printer, whole);
    if (round == ROUND_LATER)
        printer_line(context->printer, ROLE_PLAIN, "%s", "");
    printer_line(context->printer, ROLE_HEAD, "%s%s%s", answer_target_text(activity, target),
                 round == ROUND_ONLY ? "" : "  ", round == ROUND_ONLY ? "" : activity->at);
    activity_print(context->printer, activity);
    talloc_free(activity);
    return true;
}

/* Again and again, until a signal ends it: then that is how it ends, and nothing failed. Where nobody reads on, the end
 * of the program says so. */
static bool watch(struct command_context *context, struct session *session, const struct answer_target *target,
                  struct error *error)
{
    bool ok = true, is_read = true;
    for (enum round round = ROUND_FIRST; ok && is_read; round = ROUND_LATER) {
        ok = look(context, session, target, printer_record, round, error);
        is_read = printer_finish(context->printer, error_new(context->memory));
        if (!cancel_sleep(context->cancel, WATCH_MS))
            break;
    }
    if (!cancel_is_requested(context->cancel))
        return ok;
    error_clear(error);
    context->status = 128 + cancel_signal(context->cancel);
    return true;
}

/* ---- stopping ---- */

static bool is_who_was_meant(const struct command_context *context, const struct activity_session *victim,
                             struct error *error)
{
    const char *started = arguments_value(context->arguments, "started");
    if (!started || (victim->started && !strcmp(started, victim->started)))
        return true;
    error_set(error, ERROR_REFUSED, "the process id %lld is another session's now, which began at %s",
              (long long)victim->pid, victim->started ? victim->started : "a time that the role may not see");
    return error_hint(error, "The session that was meant has ended. \"pgdeck activity\" lists the sessions.");
}

static bool stop(struct command_context *context, struct session *session, size_t deed, struct error *error)
{
    int64_t pid = pid_of(arguments_value(context->arguments, activity_deed_name(deeds[deed])));
    struct activity *activity = activity_read(context->memory, session, error);
    const struct activity_session *victim = activity ? activity_victim(activity, deeds[deed], pid, error) : NULL;
    if (!victim || !is_who_was_meant(context, victim, error))
        return false;
    enum activity_outcome outcome;
    struct confirmation question =
        activity_stop_question(context->memory, context->deck->target->name, activity, victim, deeds[deed]);
    if (!context->confirm(context, &question, error) ||
        !activity_signal(session, victim, deeds[deed], context->deck->log, &outcome, error))
        return false;
    printer_document(context->printer, json_pack("{s:s, s:I, s:s, s:o}", "action", activity_deed_name(deeds[deed]),
                                                 "pid", (json_int_t)pid, "outcome", activity_outcome_name(outcome),
                                                 "session", activity_session_json(activity, victim)));
    printer_line(context->printer, outcome == ACTIVITY_ENDED ? ROLE_GOOD : ROLE_NOTE, "%s",
                 activity_stop_text(context->memory, deeds[deed], pid, outcome));
    return true;
}

static bool run(struct command_context *context, struct error *error)
{
    size_t deed = deed_of(context->arguments);
    bool is_watch = arguments_has(context->arguments, "watch");
    if (is_watch && context->face == FACE_CONSOLE) {
        error_set(error, ERROR_USAGE, "--watch is for scripts");
        return error_hint(error, "The screen Activity shows it live: press 5, then R.");
    }
    struct session *session = session_open(context->memory, context->deck->pool, context->cancel, error);
    if (!session)
        return false;
    if (deed < countof(deeds))
        return stop(context, session, deed, error);
    struct answer_target target;
    if (!answer_target_read(context->memory, context->deck, session, &target, error))
        return false;
    return is_watch ? watch(context, session, &target, error)
                    : look(context, session, &target, printer_document, ROUND_ONLY, error);
}

static const struct option options[] = {
    {"watch", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Again every two seconds until it is interrupted; with --json a document a line."},
    {"cancel", 0, OPTION_VALUE, "PID", KIND_NONE, NULL,
     "Cancel the statement that the session runs; its transaction fails, the session stays."},
    {"terminate", 0, OPTION_VALUE, "PID", KIND_NONE, NULL,
     "End the session; what it has not committed is rolled back."},
    {"started", 0, OPTION_VALUE, "TIME", KIND_NONE, NULL,
     "Only if the session began then, as \"started\" of the JSON has it: process ids are used again."},
    ANSWER_CONFIRM_OPTIONS,
};

static const char *const examples[] = {
    "pgdeck activity",
    "pgdeck --json activity | jq '.sessions[] | select(.behind > 0)'",
    "pgdeck -d shop activity --cancel 4711 --confirm shop",
    NULL,
};

const struct command command_activity = {
    .name = "activity",
    .summary = "Show sessions, locks, who blocks whom, and how far index builds are.",
    .description =
        "Shows who holds up others as a tree, then the other sessions, the oldest transaction first: process id, "
        "application, user, state, what it waits for, how far a long command is, its statement. Lines are cut at 80 "
        "columns; --verbose has them whole. What the role may not see is \"unknown\".\n\n"
        "--cancel and --terminate ask like every write to a target: --yes or --confirm DATABASE where there is no "
        "terminal; --terminate wants the database's name always, since the session's uncommitted work is lost. The "
        "process id must still be the same session's when the server is asked. Both are logged.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_TARGET,
    .effect = EFFECT_NONE,
    .run = run,
    .check = check,
    .effect_besides = effect,
};
