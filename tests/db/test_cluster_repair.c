/* What crashes leave behind, and others: keepers, servers and starters killed in every order, stale and reused
 * process ids, half-made data, swept folders. The next acquire must work. */
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/clock.h"
#include "store/disk.h"
#include "tests/lib/cluster.h"
#include "tests/lib/server.h"

/* A process of the server's user that does nothing until the test ends. */
static pid_t start_idle_process(const struct cluster_status *status)
{
    const struct passwd *user = getpwnam(status->owner);
    int ends[2];
    char byte;
    assert_non_null(user);
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) || setgid(user->pw_gid) || setuid(user->pw_uid)))
            _exit(1);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        close(ends[1]); /* both closed: the user has changed */
        for (;;)
            pause();
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    return pid;
}

static void end_process(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* ---- killed ---- */

static void test_killed_keeper_server_is_adopted(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *before = test_cluster_status(project);
    test_cluster_kill(before->keeper_pid, project, test_cluster_has_no_keeper);
    test_cluster_acquire(project);
    struct cluster_status *after = test_cluster_status(project);
    assert_int_equal(before->server_pid, after->server_pid);
    assert_true(after->keeper_pid && after->keeper_pid != before->keeper_pid);
    test_cluster_release(project);
    test_cluster_wait(project, test_cluster_is_stopped);
}

static void test_killed_keeper_orphan_can_be_stopped(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    test_cluster_kill(test_cluster_status(project)->keeper_pid, project, test_cluster_has_no_keeper);
    assert_true(test_cluster_status(project)->is_running);
    test_cluster_stop(project);
    assert_true(test_cluster_is_stopped(project));
}

static void test_killed_server_is_started_again(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    test_cluster_ask(project, test_cluster_status(project), "DROP TABLE IF EXISTS mark; CREATE TABLE mark ()");
    test_cluster_kill(test_cluster_status(project)->server_pid, project, test_cluster_has_no_server);
    test_cluster_acquire(project);
    assert_string_equal(test_cluster_ask(project, test_cluster_status(project), "SELECT to_regclass('mark') IS NULL"),
                        "f");
}

static void test_killed_server_ends_its_keeper(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    test_cluster_kill(test_cluster_status(project)->server_pid, project, test_cluster_is_stopped);
}

static void test_killed_adopted_server_is_started_again(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    test_cluster_kill(test_cluster_status(project)->keeper_pid, project, test_cluster_has_no_keeper);
    test_cluster_acquire(project);
    test_cluster_kill(test_cluster_status(project)->server_pid, project, test_cluster_has_no_server);
    test_cluster_acquire(project);
    assert_true(test_cluster_status(project)->is_running);
}

static void test_both_killed_keeper_first(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    test_cluster_kill(status->keeper_pid, project, test_cluster_has_no_keeper);
    test_cluster_kill(status->server_pid, project, test_cluster_has_no_server);
    test_cluster_acquire(project);
    assert_true(test_cluster_status(project)->is_running);
}

static void test_both_killed_server_first(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    kill((pid_t)status->server_pid, SIGKILL);
    kill((pid_t)status->keeper_pid, SIGKILL);
    test_cluster_wait(project, test_cluster_is_stopped);
    test_cluster_acquire(project);
    assert_true(test_cluster_status(project)->is_running);
}

/* A backend in the middle of a statement outlives its postmaster for a moment. */
static void test_killed_server_with_busy_backend_is_started_again(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    PGconn *session = PQconnectdb(talloc_asprintf(project, "host=%s user=%s dbname=%s", status->socket_directory,
                                                  status->user, status->database));
    assert_int_equal(PQsendQuery(session, "SELECT count(*) FROM generate_series(1, 3000000)"), 1);
    test_cluster_kill(status->server_pid, project, test_cluster_has_no_server);
    test_cluster_acquire(project);
    assert_string_equal(test_cluster_ask(project, status, "SELECT 1"), "1");
    PQfinish(session);
}

static void test_killed_while_starting_is_made_again(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    struct test_user user = test_user_start(project);
    while (!test_cluster_status(project)->keeper_pid)
        assert_true(cancel_sleep(NULL, 1));
    test_cluster_kill(test_cluster_status(project)->keeper_pid, project, test_cluster_has_no_keeper);
    assert_false(test_user_acquired(&user));
    close(user.input);
    close(user.output);
    waitpid(user.pid, NULL, 0);
    test_cluster_acquire(project);
    assert_true(test_cluster_status(project)->is_running);
    test_cluster_release(project);
    test_cluster_destroy(project);
    talloc_free(project);
}

static void test_starter_killed_next_waits_for_its_keeper(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    struct test_user user = test_user_start(project);
    while (!test_cluster_status(project)->keeper_pid)
        assert_true(cancel_sleep(NULL, 1));
    long keeper_pid = test_cluster_status(project)->keeper_pid;
    end_process(user.pid);
    close(user.input);
    close(user.output);
    test_cluster_acquire(project);
    assert_int_equal(test_cluster_status(project)->keeper_pid, keeper_pid);
    assert_int_equal(test_cluster_starts(project), 1);
    test_cluster_release(project);
    test_cluster_destroy(project);
    talloc_free(project);
}

/* ---- leftovers ---- */

static void test_stale_pid_files(void **state)
{
    struct test_cluster *project = *state;
    struct cluster_status *status = test_cluster_status(project);
    pid_t idle = start_idle_process(status);
    pid_t dead = start_idle_process(status);
    end_process(dead);
    const char *const texts[] = {
        talloc_asprintf(project, "%d\n%s\n1700000000\n5432\n%s\n\n  5432001    163840\nready   \n", (int)idle,
                        status->data_directory, status->socket_directory),
        talloc_asprintf(project, "%d\n%s\n", (int)dead, status->data_directory),
        "1\n",
        "-5\n",
        "0\n",
        "99999999999999999999\n",
        "not a number\n",
        "",
    };
    for (size_t i = 0; i < countof(texts); i++) {
        test_cluster_write(status, status->data_directory, "postmaster.pid", texts[i]);
        test_cluster_write(status, status->socket_directory, ".s.PGSQL.5432.lock", texts[i]);
        test_cluster_write(status, status->socket_directory, ".s.PGSQL.5432", "not a socket");
        assert_int_equal(test_cluster_status(project)->server_pid, 0);
        test_cluster_acquire(project);
        assert_int_equal(kill(idle, 0), 0);
        test_cluster_stop(project);
        test_cluster_release(project);
    }
    end_process(idle);
}

static void test_half_made_data_are_not_used(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    struct stat left;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    test_cluster_destroy(project);
    test_cluster_release(project);
    assert_int_equal(mkdir(status->directory, 0700), 0);
    test_write(status->directory, "data.new-17/PG_VERSION", "15\n");
    test_write(status->directory, "data/base/1/2601", "half");
    const struct passwd *user = getpwnam(status->owner);
    char *beside = talloc_asprintf(project, "%s/data.new-17", status->directory);
    const char *const made[] = {status->directory, beside, talloc_asprintf(project, "%s/PG_VERSION", beside),
                                status->data_directory};
    for (size_t i = 0; i < countof(made); i++)
        assert_int_equal(chown(made[i], user->pw_uid, user->pw_gid), 0);
    assert_false(test_cluster_status(project)->exists);
    test_cluster_acquire(project);
    assert_true(test_cluster_status(project)->is_running);
    assert_int_equal(lstat(beside, &left), -1);
    char *aside = talloc_asprintf(project, "%s.broken-%ld/base/1/2601", status->data_directory,
                                  test_cluster_status(project)->keeper_pid);
    assert_int_equal(lstat(aside, &left), 0); /* it could have been somebody's */
    test_cluster_release(project);
    test_cluster_destroy(project);
    talloc_free(project);
}

static void test_swept_socket_folder_is_made_again(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    test_expect(disk_remove_tree(status->socket_directory, project->error), project->error);
    test_cluster_acquire(project);
    assert_string_equal(test_cluster_ask(project, status, "SELECT 1"), "1");
}

static void test_orphan_without_socket_is_replaced(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    test_cluster_kill(status->keeper_pid, project, test_cluster_has_no_keeper);
    test_expect(disk_remove_tree(status->socket_directory, project->error), project->error);
    test_cluster_acquire(project);
    assert_string_equal(test_cluster_ask(project, status, "SELECT 1"), "1");
    assert_int_not_equal(test_cluster_status(project)->server_pid, status->server_pid);
}

static void test_dropped_database_is_made_again(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    const char *database = status->database;
    status->database = "postgres";
    test_cluster_ask(project, status, "DROP DATABASE embedded WITH (FORCE)");
    status->database = database;
    test_cluster_stop(project);
    test_cluster_acquire(project);
    assert_string_equal(test_cluster_ask(project, status, "SELECT current_database()"), "embedded");
}

static void test_grown_log_is_bounded(void **state)
{
    struct test_cluster *project = *state;
    struct stat log;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    assert_int_equal(truncate(status->log_file, 5 << 20), 0);
    int64_t end_ms = clock_monotonic_ms() + 30000;
    do {
        assert_true(clock_monotonic_ms() < end_ms);
        assert_int_equal(stat(status->log_file, &log), 0);
    } while (log.st_size > 4 << 20);
    assert_int_equal(stat(talloc_asprintf(project, "%s.old", status->log_file), &log), 0);
    assert_int_equal(log.st_size, 5 << 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_cluster_set_up, test_cluster_tear_down)

int main(int count, char **arguments)
{
    if (count > 1 && !strcmp(arguments[1], CLUSTER_KEEPER_WORD))
        return cluster_keeper_main(count, arguments);
    const struct CMUnitTest tests[] = {
        TEST(test_killed_keeper_server_is_adopted),
        TEST(test_killed_keeper_orphan_can_be_stopped),
        TEST(test_killed_server_is_started_again),
        TEST(test_killed_server_ends_its_keeper),
        TEST(test_killed_adopted_server_is_started_again),
        TEST(test_both_killed_keeper_first),
        TEST(test_both_killed_server_first),
        TEST(test_killed_server_with_busy_backend_is_started_again),
        TEST(test_killed_while_starting_is_made_again),
        TEST(test_starter_killed_next_waits_for_its_keeper),
        TEST(test_stale_pid_files),
        TEST(test_half_made_data_are_not_used),
        TEST(test_swept_socket_folder_is_made_again),
        TEST(test_orphan_without_socket_is_replaced),
        TEST(test_dropped_database_is_made_again),
        TEST(test_grown_log_is_bounded),
    };
    return cmocka_run_group_tests(tests, test_cluster_make_group, test_cluster_remove_group);
}
