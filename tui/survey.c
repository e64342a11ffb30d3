/* See survey.h. Reads with SELECT only. */
#include "tui/survey.h"

#include <unistd.h>

#include "migrate/bootstrap.h"
#include "store/clock.h"

static const char *find_bootstrap_refusal(struct survey *survey, struct session *session, const struct deck *deck)
{
    char *path = settings_path(survey, deck->settings, SETTING_init);
    if (access(path, R_OK) != 0)
        return talloc_asprintf(survey, "there is no init script (%s)", settings_text(deck->settings, SETTING_init));
    struct error *error = error_new(survey);
    return bootstrap_check(session->connection, error) ? NULL : error->message;
}

/* Runs exclude each other: one that has not ended and has another after it will never tell how it ended. */
static void name_lost_runs(struct survey *survey)
{
    for (size_t i = 1; i < survey->run_count; i++)
        if (strcmp(survey->runs[i].outcome, "open") == 0)
            survey->runs[i].outcome = "lost";
}

static bool read_target(struct survey *survey, struct session *session, const struct deck *deck, struct error *error)
{
    struct journal_filter newest = {.limit = SURVEY_EVENTS};
    struct connection *connection = session->connection;
    survey->facts = session_test_connection(survey, session, error);
    survey->status = survey->facts ? status_read(survey, connection, survey->directory, deck->settings, error) : NULL;
    if (!survey->status)
        return false;
    const struct ledger *ledger = survey->status->ledger;
    if (!journal_runs(survey, connection, ledger, SURVEY_RUNS, &survey->runs, &survey->run_count, error) ||
        !journal_read(survey, connection, ledger, &newest, &survey->events, &survey->event_count, error))
        return false;
    name_lost_runs(survey);
    survey->bootstrap_refusal = ledger->shape == LEDGER_ABSENT ? find_bootstrap_refusal(survey, session, deck)
                                                               : "the target has a ledger already";
    return true;
}

bool survey_run(struct task *task, void *argument, struct error *error)
{
    struct deck *deck = argument;
    struct survey *survey = talloc_zero(task_memory(task), struct survey);
    if (!deck_open_target(deck, TARGET_MAY_FALL_BACK, task_cancellation(task), error))
        return false;
    survey->directory = directory_read(survey, deck->settings, error);
    survey->documentation = survey->directory ? documentation_read(survey, deck->settings, error) : NULL;
    if (!survey->documentation)
        return false;
    survey->audit = audits_read_last(survey, deck->settings, error_new(survey));
    struct session *session = session_open(survey, deck->pool, task_cancellation(task), error);
    if (!session)
        return false;
    bool is_read = read_target(survey, session, deck, error);
    talloc_free(session); /* by the thread that used it */
    survey->taken_us = clock_wall_us();
    task_set_result(task, survey);
    return is_read;
}

const char *survey_short_time(TALLOC_CTX *owner, const char *time)
{
    return time && strlen(time) >= 16 ? talloc_asprintf(owner, "%.5s %.5s", time + 5, time + 11) : time ? time : "";
}

size_t survey_work_count(const struct survey *survey)
{
    size_t count = 0;
    for (int i = 0; i < MIGRATION_STATE_COUNT; i++)
        count += i == MIGRATION_APPLIED ? 0 : survey->status->counts[i];
    return count;
}
