/* A transactional file from its first attempt to its last: the ladder says whether and when there is another one; each
 * is recorded in the journal. */
#include "migrate/apply/file.h"

#include <sys/random.h>

#include "migrate/apply/aftermath.h"
#include "migrate/guard/ladder.h"
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

/* The end of it all. What a person can do depends on who gave the time. */
static void explain_end(const struct run *run, const struct ladder *ladder, struct error *error)
{
    if (run->seen.stop == STOP_HOLDING)
        error_hint(
            error,
            "The file holds its locks for longer than others may wait, and nothing was applied. Take it apart, do the "
            "long part in a safe way or at a quiet hour, or let others wait longer with the setting breaker_wait.");
    else if (error->code == ERROR_LOCK_TIMEOUT && ladder->is_given)
        error_hint(error, "Something holds a lock on what the statement needs; nothing was applied. Try again when it "
                          "has gone, or give the file more time with its head line -- pgdeck: lock-timeout 30s.");
    else if (error->code == ERROR_LOCK_TIMEOUT)
        error_hint(error,
                   "Nothing was applied, after %d attempts. `pgdeck activity` shows who holds the lock: run `pgdeck "
                   "apply` again when they have gone. The settings lock_budget and lock_attempts say how long pgdeck "
                   "tries by itself.",
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

/* Whether there is another attempt, once the pause before it is over. */
static bool goes_on(struct run *run, struct ladder *ladder, struct error *error)
{
    struct ladder_end end = {
        .error = error,
        .stop = run->seen.stop,
        .blocker = run->seen.blocker,
        .deadlock_timeout_ms = run->seen.deadlock_timeout_ms,
        .now_ms = clock_monotonic_ms(),
        .chance = chance(),
    };
    int64_t pause_ms;
    if (cancel_is_requested(run->options->cancel) || !ladder_goes_on(ladder, &end, &pause_ms)) {
        explain_end(run, ladder, error);
        return false;
    }
    tell_pause(run, ladder, error, pause_ms);
    if (rest(run, ladder, pause_ms))
        return true;
    error_set(error, ERROR_CANCELLED, "cancelled between two attempts; nothing of %s was applied",
              run->step->file->version);
    if (*run->seen.look.blocked)
        error_detail(error, "it %s", run->seen.look.blocked);
    return error_hint(error, "Run `pgdeck apply` again when you want it.");
}

bool transactional_apply(struct run *run, int *attempts, struct error *error)
{
    struct ladder ladder = ladder_of(run->step, run->options->settings);
    run->is_overruled = false;
    for (;;) {
        error_clear(error);
        *attempts = run->attempt = ladder.attempt;
        run->lock_wait_ms = ladder_wait_ms(&ladder);
        aftermath_look(run);
        bool is_recorded = record_attempt(run, error);
        bool is_applied = is_recorded && transactional_attempt(run, error);
        if (is_recorded && !is_applied)
            file_record_failure(run, 0, error, error->code == ERROR_UNKNOWN_OUTCOME ? "unknown" : "nothing");
        if (is_applied || !is_recorded || !goes_on(run, &ladder, error)) {
            run->attempt = 0;
            run->lock_wait_ms = 0;
            return is_applied;
        }
    }
}
