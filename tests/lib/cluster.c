/* See cluster.h. */
#include "tests/lib/cluster.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/disk.h"
#include "tests/lib/server.h"

#define DEADLINE_MS 30000

struct settings *test_cluster_settings(TALLOC_CTX *owner, const char *directory, const char *extra)
{
    struct error *error = error_new(owner);
    const char *environment[] = {talloc_asprintf(owner, "HOME=%s/home", directory), "PATH=/usr/bin:/bin",
                                 talloc_asprintf(owner, "PGDECK_CLUSTER_LINGER=%dms", TEST_CLUSTER_LINGER_MS), extra,
                                 NULL};
    struct settings_input input = {.directory = directory, .environment = environment};
    struct settings *settings = settings_load(owner, &input, error);
    if (!settings)
        fail_msg("settings: %s", error->message);
    return settings;
}

struct test_cluster *test_cluster_new(TALLOC_CTX *owner, const char *extra)
{
    struct test_cluster *project = talloc_zero(owner, struct test_cluster);
    project->error = error_new(project);
    project->directory = test_directory(project);
    project->settings = test_cluster_settings(project, project->directory, extra);
    return project;
}

struct cluster *test_cluster_open(struct test_cluster *project)
{
    struct cluster *cluster = cluster_open(project, project->settings, CLUSTER_EMBEDDED, project->error);
    if (!cluster)
        fail_msg("open: %s", project->error->message);
    return cluster;
}

void test_expect(bool ok, const struct error *error)
{
    if (!ok)
        fail_msg("%s: %s", error->message, error->detail ? error->detail : "");
}

void test_cluster_acquire(struct test_cluster *project)
{
    if (!project->cluster)
        project->cluster = test_cluster_open(project);
    test_expect(cluster_acquire(project->cluster, NULL, project->error), project->error);
}

void test_cluster_release(struct test_cluster *project)
{
    talloc_free(project->cluster);
    project->cluster = NULL;
}

struct cluster_status *test_cluster_status(struct test_cluster *project)
{
    struct cluster *cluster = test_cluster_open(project);
    struct cluster_status *status = cluster_status(project, cluster, project->error);
    test_expect(status, project->error);
    talloc_free(cluster);
    return status;
}

void test_cluster_stop(struct test_cluster *project)
{
    struct cluster *cluster = test_cluster_open(project);
    test_expect(cluster_stop(cluster, NULL, project->error), project->error);
    talloc_free(cluster);
}

void test_cluster_destroy(struct test_cluster *project)
{
    struct cluster *cluster = test_cluster_open(project);
    test_expect(cluster_destroy(cluster, NULL, project->error), project->error);
    talloc_free(cluster);
}

char *test_cluster_ask(struct test_cluster *project, const struct cluster_status *status, const char *query)
{
    const char *conninfo =
        talloc_asprintf(project, "host=%s port=%d user=%s dbname=%s options=-cclient_min_messages=error",
                        status->socket_directory, status->port, status->user, status->database);
    PGconn *session = PQconnectdb(conninfo);
    PGresult *result = PQexec(session, query);
    char *answer = talloc_strdup(project, PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(session);
    return answer;
}

bool test_cluster_is_stopped(struct test_cluster *project)
{
    const struct cluster_status *status = test_cluster_status(project);
    return !status->is_running && !status->server_pid && !status->keeper_pid;
}

bool test_cluster_has_no_keeper(struct test_cluster *project) { return !test_cluster_status(project)->keeper_pid; }

bool test_cluster_has_no_server(struct test_cluster *project) { return !test_cluster_status(project)->server_pid; }

void test_cluster_wait(struct test_cluster *project, test_cluster_condition_fn condition)
{
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_MS;
    while (!condition(project)) {
        assert_true(clock_monotonic_ms() < end_ms);
        assert_true(cancel_sleep(NULL, 5));
    }
}

bool test_cluster_runs_on(struct test_cluster *project)
{
    int64_t end_ms = clock_monotonic_ms() + 4 * TEST_CLUSTER_LINGER_MS;
    while (clock_monotonic_ms() < end_ms)
        if (!test_cluster_status(project)->is_running)
            return false;
    return true;
}

void test_cluster_kill(long pid, struct test_cluster *project, test_cluster_condition_fn is_gone)
{
    assert_true(pid > 1);
    assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
    test_cluster_wait(project, is_gone);
}

int test_cluster_starts(struct test_cluster *project)
{
    struct cluster_status *status = test_cluster_status(project);
    char *bytes, *next;
    size_t size_bytes;
    int count = 0;
    test_expect(disk_read(project, AT_FDCWD, status->log_file, "log", 16 << 20, &bytes, &size_bytes, project->error),
                project->error);
    for (next = bytes; (next = strstr(next, "starting PostgreSQL")); next++)
        count++;
    return count;
}

void test_cluster_write(const struct cluster_status *status, const char *folder, const char *name, const char *text)
{
    const struct passwd *user = getpwnam(status->owner);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path); /* it may be a socket */
    test_write(folder, name, text);
    assert_non_null(user);
    assert_int_equal(chown(path, user->pw_uid, user->pw_gid), 0);
}

struct test_user test_user_start(struct test_cluster *project)
{
    int to[2], from[2];
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    struct test_user user = {fork(), to[1], from[0]};
    if (user.pid == 0) {
        char byte;
        close(to[1]);
        TALLOC_CTX *scope = talloc_new(NULL);
        struct error *error = error_new(scope);
        struct cluster *cluster = cluster_open(scope, project->settings, CLUSTER_EMBEDDED, error);
        bool ok = cluster && cluster_acquire(cluster, NULL, error);
        bool told = write(from[1], ok ? "y" : "n", 1) == 1;
        ssize_t ended = read(to[0], &byte, 1);
        talloc_free(scope);
        _exit(ok && told && ended >= 0 ? 0 : 1);
    }
    close(to[0]);
    close(from[1]);
    return user;
}

bool test_user_acquired(const struct test_user *user)
{
    char answer = 'n';
    return read(user->output, &answer, 1) == 1 && answer == 'y';
}

void test_user_end(const struct test_user *user)
{
    int status;
    assert_int_equal(write(user->input, "x", 1),
                     1); /* users forked later hold this pipe too: closing it says nothing */
    close(user->input);
    close(user->output);
    assert_int_equal(waitpid(user->pid, &status, 0), user->pid);
    assert_int_equal(status, 0);
}

int test_cluster_set_up(void **state)
{
    struct test_cluster *project = *state;
    project->cluster = NULL;
    test_cluster_stop(project);
    return 0;
}

int test_cluster_tear_down(void **state)
{
    test_cluster_release(*state);
    return 0;
}

int test_cluster_make_group(void **state)
{
    struct test_cluster *project = test_cluster_new(NULL, NULL);
    test_cluster_acquire(project);
    test_cluster_release(project);
    *state = project;
    return 0;
}

int test_cluster_remove_group(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_destroy(project);
    talloc_free(project);
    return 0;
}
