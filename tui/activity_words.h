/* What goes on at a server, in words: for the command "activity" and the screen Activity alike. Texts of sessions are
 * as they are: who shows them sanitises. */
#ifndef TUI_ACTIVITY_WORDS_H
#define TUI_ACTIVITY_WORDS_H

#include <talloc.h>

#include "store/activity.h"

/* "report", "pgdeck run 014", an autovacuum worker's type; "-" where it has no name. Owner: `owner`. */
const char *activity_name_text(TALLOC_CTX *owner, const struct activity_session *session);

/* "ana", "ana@other" where it is in another database than `database`; "" for none. Owner: `owner`. */
const char *activity_user_text(TALLOC_CTX *owner, const struct activity_session *session, const char *database);

/* "active 3.2 s", "idle in transaction 12 min 03 s" (of the transaction), "unknown". Owner: `owner`. */
const char *activity_state_text(TALLOC_CTX *owner, const struct activity_session *session);

/* "waits 3.1 s for AccessExclusiveLock on app.orders"; else what it waits for besides its client ("Timeout: PgSleep");
 * NULL. Owner: `owner`. */
const char *activity_wait_text(TALLOC_CTX *owner, const struct activity_session *session);

/* "building index: scanning table, 45 % (450 of 1000 blocks); CREATE INDEX CONCURRENTLY app.x on app.t". Owner:
 * `owner`. */
const char *activity_progress_text(TALLOC_CTX *owner, const struct activity_progress *progress);

/* Parts in a hundred; -1: it does not say. */
int activity_progress_percent(const struct activity_progress *progress);

/* A statement on one line, its blanks and newlines squeezed; NULL for NULL. Owner: `owner`. */
const char *activity_query_line(TALLOC_CTX *owner, const char *query);

/* "7 sessions: 3 active, 1 idle in transaction, 2 unknown; 4 wait for a lock". Without the one that asks. Owner:
 * `owner`. */
const char *activity_summary_text(TALLOC_CTX *owner, const struct activity *activity);

/* "7 sessions, 4 wait for a lock". Owner: `owner`. */
const char *activity_summary_short(TALLOC_CTX *owner, const struct activity *activity);

/* How many sessions' doings are unknown, and why with what to do; NULL where nothing is unknown. Owner: `owner`. */
const char *activity_unknown_text(TALLOC_CTX *owner, const struct activity *activity);
const char *activity_unknown_hint(TALLOC_CTX *owner, const struct activity *activity);

/* The statement that ends it, for who decides so. Owner: `owner`. */
const char *activity_prepared_way_out(TALLOC_CTX *owner, const struct activity_prepared *prepared);

/* "4711, a prepared transaction; 3 stand before it in the queue": who blocks it; "" for nobody. Owner: `owner`. */
const char *activity_blockers_text(TALLOC_CTX *owner, const struct activity_session *session);

/* What a person must know of a session before it is stopped, a line each; NULL-terminated. Owner: `owner`. */
const char *const *activity_victim_lines(TALLOC_CTX *owner, const struct activity *activity,
                                         const struct activity_session *victim);

#endif
