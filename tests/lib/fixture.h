/* What the tests of the store share: one server for the program, a target on its database "test", an error and a memory
 * for each test. For cmocka: the group's state is the fixture. */
#ifndef TESTS_LIB_FIXTURE_H
#define TESTS_LIB_FIXTURE_H

#include <talloc.h>

#include "store/base.h"
#include "store/connection.h"
#include "store/error.h"
#include "store/settings.h"
#include "store/target.h"
#include "tests/lib/server.h"

#define FIXTURE_PATIENCE_MS 30000 /* far beyond what is normal */

struct fixture {
    struct test_server *server;
    struct target *target;
    TALLOC_CTX *memory;  /* a root of its own; freed after each test */
    struct error *error; /* in `memory` */
};

int fixture_open_group(void **state);
int fixture_close_group(void **state);

/* Around each test. The second fails when a session of the test is left on the server. */
int fixture_open_test(void **state);
int fixture_close_test(void **state);

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open_test, fixture_close_test)

/* Fails the test with the error's words unless `ok`. */
void fixture_expect(struct fixture *fixture, bool ok);

/* Fails the test unless the error has this code and SQLSTATE ("": none). */
void fixture_expect_error(struct fixture *fixture, bool ok, enum error_code code, const char *sqlstate);

/* A connection to the target, or to a target made of `more` added to its string. Owner: `memory`. */
struct connection *fixture_connect(struct fixture *fixture);
struct target *fixture_target(struct fixture *fixture, const char *more);

/* Settings of an empty project; `options` as settings_input has them. Owner: `memory`. */
struct settings *fixture_settings(struct fixture *fixture, const char *const *options);

/* Runs a statement, which must succeed. */
void fixture_execute(struct fixture *fixture, struct connection *connection, const char *sql);

/* The only value of a statement, which must succeed; "" for NULL. Owner: `memory`. */
char *fixture_ask(struct fixture *fixture, struct connection *connection, const char *sql);

/* Runs it on a connection of its own, as superuser. Fails the test when it is refused. */
void fixture_elsewhere(struct fixture *fixture, const char *sql);

/* Ends the session of this connection on the server, and waits until it is gone. */
void fixture_terminate(struct fixture *fixture, const struct connection *connection);

/* Stops the processes of server and session, so that nothing answers; lets them go on. */
void fixture_freeze(struct fixture *fixture, int backend_pid);
void fixture_thaw(struct fixture *fixture, int backend_pid);

#endif
