/* Sessions of others on a test server: they hold locks and wait for them, for tests that look on. */
#ifndef TESTS_LIB_CROWD_H
#define TESTS_LIB_CROWD_H

#include <talloc.h>

#include "store/base.h"
#include "tests/lib/oracle.h"
#include "tests/lib/server.h"

struct crowd;

/* Who somebody is. */
struct crowd_person {
    const char *application;
    const char *role; /* NULL: postgres */
};

/* Owner: `owner`; freeing it ends the sessions. `oracle` watches them, and must outlive it. */
struct crowd *crowd_new(TALLOC_CTX *owner, struct test_server *server, const char *database, struct oracle *oracle);

/* Each opens a session and returns its process id. HOLD runs the statements to their end and stays; QUEUE returns when
 * the statement waits for a lock, START when it runs. A failure ends the test. */
int crowd_hold(struct crowd *crowd, struct crowd_person person, const char *statements);
int crowd_queue(struct crowd *crowd, struct crowd_person person, const char *statement);
int crowd_start(struct crowd *crowd, struct crowd_person person, const char *statement);

/* Whether its session is there. */
bool crowd_is_there(struct crowd *crowd, int pid);

/* The SQLSTATE with which the statement of a session ended: "" where it succeeded, "?" where the connection was lost.
 * Waits for its end. Owner: the crowd. */
const char *crowd_outcome(struct crowd *crowd, int pid);

#endif
