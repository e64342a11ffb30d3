/* A project in a temporary folder with its embedded cluster, for tests of the clusters themselves. The test program
 * must be its own keeper: main calls cluster_keeper_main for CLUSTER_KEEPER_WORD. A failure here fails the test. */
#ifndef TESTS_LIB_CLUSTER_H
#define TESTS_LIB_CLUSTER_H

#include <sys/types.h>
#include <talloc.h>

#include "store/base.h"
#include "store/cluster.h"

#define TEST_CLUSTER_LINGER_MS 200

struct test_cluster {
    char *directory; /* the project's */
    struct settings *settings;
    struct cluster *cluster; /* between acquire and release */
    struct error *error;
};

/* Makes the project alone; destroy its cluster when it got one. `extra`: one more "NAME=value" of its environment, or
 * NULL. */
struct test_cluster *test_cluster_new(TALLOC_CTX *owner, const char *extra);

/* Settings of a project with a home, a PATH, a short linger and one variable more, or NULL. */
struct settings *test_cluster_settings(TALLOC_CTX *owner, const char *directory, const char *extra);

/* Fails the test with the error's words unless `ok`. */
void test_expect(bool ok, const struct error *error);

/* cluster_open and the rest, on the embedded cluster. */
struct cluster *test_cluster_open(struct test_cluster *project);
void test_cluster_acquire(struct test_cluster *project);
void test_cluster_release(struct test_cluster *project);
struct cluster_status *test_cluster_status(struct test_cluster *project);
void test_cluster_stop(struct test_cluster *project);
void test_cluster_destroy(struct test_cluster *project);

/* The first value that the server answers; "" when it cannot be asked. Owner: the project. */
char *test_cluster_ask(struct test_cluster *project, const struct cluster_status *status, const char *query);

typedef bool (*test_cluster_condition_fn)(struct test_cluster *project);

bool test_cluster_is_stopped(struct test_cluster *project);
bool test_cluster_has_no_keeper(struct test_cluster *project);
bool test_cluster_has_no_server(struct test_cluster *project);

/* Looks again and again until it holds; fails after 30 s. */
void test_cluster_wait(struct test_cluster *project, test_cluster_condition_fn condition);

/* Whether it still runs after several times the linger. */
bool test_cluster_runs_on(struct test_cluster *project);

/* SIGKILL, then test_cluster_wait. */
void test_cluster_kill(long pid, struct test_cluster *project, test_cluster_condition_fn is_gone);

/* How often the server was started, by its log. */
int test_cluster_starts(struct test_cluster *project);

/* Writes a file that belongs to the server's user. */
void test_cluster_write(const struct cluster_status *status, const char *folder, const char *name, const char *text);

/* Another process that uses the cluster until it is told to end. */
struct test_user {
    pid_t pid;
    int input, output;
};

struct test_user test_user_start(struct test_cluster *project);

/* Waits for its answer. */
bool test_user_acquired(const struct test_user *user);

void test_user_end(const struct test_user *user);

/* For cmocka. The group has one project, for initdb takes most of the time; each test starts with its cluster made and
 * stopped. */
int test_cluster_make_group(void **state);
int test_cluster_remove_group(void **state);
int test_cluster_set_up(void **state);
int test_cluster_tear_down(void **state);

#endif
