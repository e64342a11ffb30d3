/* See activity_stop.h. */
#include "tui/activity_stop.h"

#include "tui/activity_words.h"

static const struct {
    const char *question, *verb, *ended, *asked;
    int loss;
} words[] = {
    [ACTIVITY_CANCEL] = {"cancel the statement of session", "cancel it", "the statement was cancelled",
                         "the server was asked to cancel the statement; it was not seen to end yet", LOSES_NOTHING},
    [ACTIVITY_TERMINATE] = {"terminate session", "terminate it", "the session was terminated",
                            "the server was asked to terminate the session; it was not seen to end yet", LOSES_WORK},
};

const char *activity_stop_verb(enum activity_deed deed) { return words[deed].verb; }

struct confirmation activity_stop_question(TALLOC_CTX *owner, const char *target, const struct activity *activity,
                                           const struct activity_session *victim, enum activity_deed deed)
{
    return (struct confirmation){
        .question = talloc_asprintf(owner, "%s %lld on %s", words[deed].question, (long long)victim->pid, target),
        .lines = activity_victim_lines(owner, activity, victim),
        .loss = words[deed].loss,
        .database = activity->database,
    };
}

const char *activity_stop_text(TALLOC_CTX *owner, enum activity_deed deed, int64_t pid, enum activity_outcome outcome)
{
    return talloc_asprintf(owner, "session %lld: %s", (long long)pid,
                           outcome == ACTIVITY_ENDED ? words[deed].ended : words[deed].asked);
}
