/* Stopping a session, in words and as a question: the same for the command "activity" and the screen Activity. */
#ifndef TUI_ACTIVITY_STOP_H
#define TUI_ACTIVITY_STOP_H

#include "store/activity/signal.h"
#include "tui/command.h"

/* What the deed does, for a button: "cancel it". */
const char *activity_stop_verb(enum activity_deed deed);

/* The question with what a person must know first. `target` is the target's name. Owner of the texts: `owner`. */
struct confirmation activity_stop_question(TALLOC_CTX *owner, const char *target, const struct activity *activity,
                                           const struct activity_session *victim, enum activity_deed deed);

/* "session 4711: the statement was cancelled". Owner: `owner`. */
const char *activity_stop_text(TALLOC_CTX *owner, enum activity_deed deed, int64_t pid, enum activity_outcome outcome);

#endif
