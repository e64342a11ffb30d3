/* What tests of scratch databases share: a project of files, the scratch server, replays of them. The test program must
 * be its own keeper: main calls replay_test_main. A failure here fails the test. */
#ifndef TESTS_LIB_REPLAY_H
#define TESTS_LIB_REPLAY_H

#include <talloc.h>

#include "migrate/replay.h"
#include "store/base.h"

struct replay_test {
    char *project; /* folder */
    struct settings *settings;
    struct scratch *scratch;
    struct error *error;
    struct directory *directory; /* of the last replay */
    struct replay *replay;       /* the last */
};

/* An empty project and its scratch server. `options`: "name=value" of settings, NULL-terminated, or NULL. Owner:
 * `owner`. */
struct replay_test *replay_test_new(TALLOC_CTX *owner, const char *const *options);

/* Opens the scratch server anew, as another process would. */
void replay_test_reopen(struct replay_test *test);

/* Writes migrations/NAME. */
void replay_test_write(struct replay_test *test, const char *name, const char *text);

/* Replays migrations, or a script of that text; false with test->error set. */
bool replay_test_try(struct replay_test *test);
bool replay_test_try_script(struct replay_test *test, const char *text);

/* The same, which must succeed. */
struct replay *replay_test_run(struct replay_test *test);
struct replay *replay_test_script(struct replay_test *test, const char *text);

/* The only value of a query in the replayed database, as owner. Owner: the test. */
char *replay_test_ask(struct replay_test *test, const char *sql);

/* Fails unless the replay has these findings: "SKIPPED migrations/001_a.sql:3; FAILED ..." in order. */
void replay_test_findings(struct replay_test *test, const char *expected);

/* Fails unless the last one failed so. */
void replay_test_failed(struct replay_test *test, const char *sqlstate, const char *file, int line, int column);

/* For main: the keeper's part; else -1. */
int replay_test_main(int count, char **arguments);

/* For cmocka: `state` is a struct replay_test of the private cluster. */
int replay_test_set_up(void **state);
int replay_test_tear_down(void **state);
#define REPLAY_TEST(name) cmocka_unit_test_setup_teardown(name, replay_test_set_up, replay_test_tear_down)

#endif
