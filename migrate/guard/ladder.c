/* See ladder.h. */
#include "migrate/guard/ladder.h"

#define PAUSE_BASE_MS 200
#define DOUBLINGS_MOST 20
#define LONG_BEYOND_MS 200       /* beyond deadlock_timeout: the server's check has to run and the autovacuum to end */
#define LONG_EVERY_MS 60000      /* such a wait is long for others: once a minute */
#define DEADLOCK_TIMEOUT_MS 1000 /* the server's default, where it was not asked */
#define PATIENCE_MS 60000        /* then it is tried all the same */
#define UNSEEN_PATIENCE 10       /* attempts after which an unseen blocker may be an autovacuum */

struct ladder ladder_of(const struct plan_step *step, const struct settings *settings)
{
    struct ladder ladder = {
        .first_ms = settings_number(settings, SETTING_lock_first),
        .most_ms = settings_number(settings, SETTING_lock_most),
        .pause_ms = settings_number(settings, SETTING_lock_pause),
        .budget_ms = settings_number(settings, SETTING_lock_budget),
        .attempts_most = (int)settings_number(settings, SETTING_lock_attempts),
        .transaction_attempts_most = (int)settings_number(settings, SETTING_transaction_attempts),
        .is_given = !step->has_ladder,
        .attempt = 1,
    };
    if (ladder.is_given)
        ladder.first_ms = ladder.most_ms = ladder.budget_ms = step->lock_timeout_ms;
    return ladder;
}

static int64_t doubled(int64_t value_ms, int times, int64_t most_ms)
{
    for (int i = 0; i < times && i < DOUBLINGS_MOST && value_ms < most_ms; i++)
        value_ms *= 2;
    return value_ms < most_ms ? value_ms : most_ms;
}

int64_t ladder_wait_ms(const struct ladder *ladder)
{
    return ladder->is_long ? ladder->long_wait_ms : doubled(ladder->first_ms, ladder->rung, ladder->most_ms);
}

/* An attempt that was lost to others, not to a wait that was too short: a few times only, for it may be lost each
 * time. */
static bool may_rerun(struct ladder *ladder) { return ++ladder->reruns < ladder->transaction_attempts_most; }

static bool may_wait_again(struct ladder *ladder, const struct ladder_end *end)
{
    ladder->rung++;
    if (ladder->since_ms == 0)
        ladder->since_ms = end->now_ms;
    return (!ladder->is_given || end->stop == STOP_WAITING) && ladder->attempt < ladder->attempts_most &&
           end->now_ms - ladder->since_ms < ladder->budget_ms;
}

/* An autovacuum is sent away by whoever has waited for deadlock_timeout: below that it is never gone. */
static void choose_long_wait(struct ladder *ladder, const struct ladder_end *end)
{
    bool is_likely =
        end->blocker == BLOCKER_AUTOVACUUM || (end->blocker == BLOCKER_UNSEEN && ladder->attempt > UNSEEN_PATIENCE);
    bool is_due = ladder->long_ms == 0 || end->now_ms - ladder->long_ms >= LONG_EVERY_MS;
    int64_t deadlock_ms = end->deadlock_timeout_ms > 0 ? end->deadlock_timeout_ms : DEADLOCK_TIMEOUT_MS;
    ladder->long_wait_ms = deadlock_ms + LONG_BEYOND_MS;
    ladder->is_long = is_likely && is_due && !ladder->is_given && ladder->long_wait_ms > ladder->most_ms;
    if (ladder->is_long)
        ladder->long_ms = end->now_ms;
}

bool ladder_goes_on(struct ladder *ladder, const struct ladder_end *end, int64_t *pause_ms)
{
    bool is_rerun = end->stop == STOP_HOLDING || end->error->code == ERROR_SERIALIZATION;
    bool is_wait = end->stop == STOP_WAITING || end->error->code == ERROR_LOCK_TIMEOUT;
    if (!(is_rerun ? may_rerun(ladder) : is_wait && may_wait_again(ladder, end)))
        return false;
    int64_t spread_ms = doubled(PAUSE_BASE_MS, is_rerun ? ladder->reruns - 1 : ladder->rung - 1, ladder->pause_ms);
    *pause_ms = (int64_t)(end->chance % (uint64_t)(spread_ms + 1));
    ladder->attempt++;
    ladder->is_long = false;
    if (is_wait)
        choose_long_wait(ladder, end);
    return true;
}

int64_t ladder_patience_ms(const struct ladder *ladder, int64_t now_ms)
{
    int64_t left_ms = ladder->since_ms + ladder->budget_ms - now_ms;
    left_ms = left_ms < 0 ? 0 : left_ms;
    return left_ms < PATIENCE_MS ? left_ms : PATIENCE_MS;
}
