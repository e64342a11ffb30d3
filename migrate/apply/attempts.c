/* A transactional file, or a step, from its first attempt to its last: the ladder says whether and when there is
 * another one; each is recorded in the journal. And how long each waits for a lock. */
#include "migrate/apply/file.h"

#include <sys/random.h>

#include "migrate/apply/advice.h"
#include "migrate/apply/aftermath.h"
#include "migrate/guard/timeout.h"
#include "store/clock.h"

#define PAUSE_POLL_MS 25

static uint32_t chance(void)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
        number = (uint32_t)clock_wall_us();
    return number;
}

static bool record_attempt(struct run *run, struct error *error)
{
    json_t *detail = run->attempt > 1 ? json_pack("{s:i, s:I}", "attempt", run->attempt, "lock_timeout_ms",
                                                  (json_int_t)run->lock_wait_ms)
                                      : NULL;
    struct journal_record started = {
        .event = JOURNAL_STARTED,
        .durability = JOURNAL_RELAXED,
        .version = run->step->file->version,
        .checksum = run->step->file->checksum,
        .detail = detail,
    };
    bool ok = run_record(run, &started, error);
    json_decref(detail);
    return ok;
}

/* How long the file needs is not known, only how long it has had: a choice that is far beyond that. */
static void explain_breaker(struct run *run, struct error *error)
{
    int64_t had_ms = clock_monotonic_ms() - run->attempt_ms;
    int64_t minutes = had_ms * 10 / 60000 + 1;
    advice_give(
        run, error,
        "It held its locks and was stopped %lld.%lld s after it began, as others had waited for breaker_wait (%lld ms) behind it. "
        "Take its long part in a safe way (`pgdeck plan` shows it), or let them wait at a quiet hour: "
        "`PGDECK_BREAKER_WAIT=%lldmin pgdeck apply`, or more; 0 is without end.",
        (long long)had_ms / 1000, (long long)had_ms % 1000 / 100,
        (long long)settings_number(run->options->settings, SETTING_breaker_wait), (long long)minutes);
}

/* The end of it all. What a person can do depends on who gave the time. */
static void explain_end(struct run *run, const struct ladder *ladder, struct error *error)
{
    if (run->seen.stop == STOP_HOLDING)
        explain_breaker(run, error);
    else if (error->code == ERROR_LOCK_TIMEOUT && ladder->is_given)
        advice_give(
            run, error,
            "Something holds a lock on what the statement needs: `pgdeck activity` shows who. Run `pgdeck apply` again when it "
            "has gone, or give the file more time with its head line -- pgdeck: lock-timeout 30s.");
    else if (error->code == ERROR_LOCK_TIMEOUT)
        advice_give(
            run, error,
            "There was no lock after %d attempts: `pgdeck activity` shows who holds it. Run `pgdeck apply` again when they have "
            "gone. The settings lock_budget and lock_attempts say how long pgdeck tries by itself.",
            ladder->attempt);
}

static void tell_pause(struct run *run, const struct ladder *ladder, const struct error *error, int64_t pause_ms)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    char *text = talloc_asprintf(memory, "%s%s%s", error->message, error->detail ? ": " : "",
                                 error->detail ? error->detail : "");
    if (ladder->is_long)
        text =
            talloc_asprintf(memory, "%s; the next attempt waits %lld ms, as an autovacuum gives way to nobody sooner",
                            text, (long long)ladder->long_wait_ms);
    run_emit(run, APPLY_RETRYING, text, pause_ms);
    talloc_free(memory);
}

/* Ends early when those who were in the way have gone (but others get as long as we have held them up), and lasts while
 * they are seen to be there: an attempt would only make others wait, in vain. An autovacuum has to be waited for. */
static bool rest(struct run *run, const struct ladder *ladder, int64_t pause_ms)
{
    int64_t begun_ms = clock_monotonic_ms(), least_ms = ladder_wait_ms(ladder);
    int64_t most_ms = run->seen.blocker == BLOCKER_AUTOVACUUM ? pause_ms : ladder_patience_ms(ladder, begun_ms);
    for (int64_t passed_ms = 0; !cancel_is_requested(run->options->cancel);
         passed_ms = clock_monotonic_ms() - begun_ms) {
        enum watcher_way way = watcher_way(run->watcher);
        if (way == WAY_FREE && passed_ms >= (least_ms < pause_ms ? least_ms : pause_ms))
            return true;
        if (passed_ms >= pause_ms && (way != WAY_HELD || passed_ms >= most_ms))
            return true;
        cancel_sleep(run->options->cancel, PAUSE_POLL_MS);
    }
    return false;
}

static bool end_pause(struct run *run, int step, struct error *error)
{
    const char *version = run->step->file->version;
    if (step > 0)
        error_set(error, ERROR_CANCELLED, "cancelled between two attempts; nothing of statement %d of %s stands", step,
                  version);
    else
        error_set(error, ERROR_CANCELLED, "cancelled between two attempts; nothing of %s was applied", version);
    if (*run->seen.look.blocked)
        error_detail(error, "it %s", run->seen.look.blocked);
    return error_hint(error, "Run `pgdeck apply` again when you want it.");
}

bool file_tries_again(struct run *run, struct ladder *ladder, int step, struct error *error)
{
    struct ladder_end end = {
        .error = error,
        .stop = run->seen.stop,
        .blocker = run->seen.blocker,
        .deadlock_timeout_ms = run->may_lower_deadlock ? RUN_DEADLOCK_MS : run->seen.deadlock_timeout_ms,
        .now_ms = clock_monotonic_ms(),
        .chance = chance(),
    };
    int64_t pause_ms;
    if (cancel_is_requested(run->options->cancel) || !ladder_goes_on(ladder, &end, &pause_ms)) {
        explain_end(run, ladder, error);
        return false;
    }
    if (step > 0)
        file_record_failure(run, step, error, "nothing");
    tell_pause(run, ladder, error, pause_ms);
    return rest(run, ladder, pause_ms) || end_pause(run, step, error);
}

bool file_hold_wait(struct run *run, size_t index, struct error *error)
{
    int64_t wait_ms = run_lock_wait_ms(run, run->step);
    if (wait_ms == run->held_wait_ms && !run->is_wait_suspect)
        return true;
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *was = NULL, *is;
    bool ok = timeout_hold(memory, run->work, run->held_wait_ms, wait_ms, &was, &is, error);
    run->held_wait_ms = wait_ms;
    run->is_wait_suspect = false;
    if (was && !run->is_overruled) {
        run->is_overruled = true;
        run_emit(run, APPLY_WARNING,
                 talloc_asprintf(memory,
                                 "the file sets lock_timeout to %s; pgdeck holds it at %s: the head line -- pgdeck: "
                                 "lock-timeout says how long a file waits",
                                 was, is),
                 0);
    } else if (!ok) {
        run_place_error(run, index, error);
    }
    talloc_free(memory);
    return ok;
}

bool transactional_apply(struct run *run, int *attempts, struct error *error)
{
    struct ladder ladder = ladder_of(run->step, run->options->settings);
    run->is_overruled = false;
    for (;;) {
        error_clear(error);
        run->is_advised = false;
        *attempts = run->attempt = ladder.attempt;
        run->lock_wait_ms = ladder_wait_ms(&ladder);
        run->attempt_ms = clock_monotonic_ms();
        aftermath_look(run);
        bool is_recorded = record_attempt(run, error);
        bool is_applied = is_recorded && transactional_attempt(run, error);
        if (is_recorded && !is_applied)
            file_record_failure(run, 0, error, error->code == ERROR_UNKNOWN_OUTCOME ? "unknown" : "nothing");
        if (is_applied || !is_recorded || !file_tries_again(run, &ladder, 0, error)) {
            run->attempt = 0;
            run->lock_wait_ms = 0;
            return is_applied;
        }
    }
}
