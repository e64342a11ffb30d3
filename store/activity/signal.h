/* Stopping others: the statement of a session, or the session. Whoever calls this has asked a person before. */
#ifndef STORE_ACTIVITY_SIGNAL_H
#define STORE_ACTIVITY_SIGNAL_H

#include "store/activity.h"
#include "store/base.h"
#include "store/cancel.h"

enum activity_deed { ACTIVITY_CANCEL, ACTIVITY_TERMINATE };

enum activity_outcome {
    ACTIVITY_ENDED, /* the statement, or the session, was seen to end */
    ACTIVITY_ASKED  /* the server was asked, and it has not ended yet, or the role may not see it */
};

/* "cancel", "terminate"; "ended", "asked". */
const char *activity_deed_name(enum activity_deed deed);
const char *activity_outcome_name(enum activity_outcome outcome);

/* The session of a process id, if the deed makes sense there. Errors: ERROR_REFUSED: there is no such session, it is
 * the one that asks, or it runs no statement that could be cancelled. */
const struct activity_session *activity_victim(const struct activity *activity, enum activity_deed deed, int64_t pid,
                                               struct error *error) NODISCARD;

/* Does it, if the process id still is that session's, and waits up to three seconds for what comes of it; a cancel of
 * `session` only ends the waiting. Logged, whatever comes of it. Errors: ERROR_REFUSED where the session has ended, or
 * another one has its process id; ERROR_STATEMENT (42501) where the role may not. */
bool activity_signal(struct session *session, const struct activity_session *victim, enum activity_deed deed,
                     struct log *log, enum activity_outcome *outcome, struct error *error) NODISCARD;

#endif
