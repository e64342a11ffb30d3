/* The private clusters against real servers: made, started, shared, left, kept, refused. What crashes leave behind is
 * test_cluster_repair's. As root the embedded clusters lie in /var/lib/pgdeck, one for each temporary project; all are
 * destroyed at the end. */
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/clock.h"
#include "store/cluster/binaries.h"
#include "store/disk.h"
#include "tests/lib/cluster.h"
#include "tests/lib/server.h"

/* ---- starting and sharing ---- */

static void test_acquire_cold_makes_durable_cluster(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    assert_false(test_cluster_status(project)->exists);
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    assert_true(status->exists && status->is_running && !status->is_kept);
    assert_true(status->server_pid && status->keeper_pid && status->size_bytes > 1000000);
    assert_string_equal(test_cluster_ask(project, status, "SELECT current_database() || ' ' || current_user"),
                        "embedded pgdeck");
    assert_string_equal(test_cluster_ask(project, status, "SHOW fsync"), "on");
    assert_string_equal(test_cluster_ask(project, status, "SHOW listen_addresses"), "");
    assert_int_equal(strtol(test_cluster_ask(project, status, "SHOW server_version"), NULL, 10), status->major);
    test_cluster_release(project);
    test_cluster_destroy(project);
    talloc_free(project);
}

static void test_folders_are_closed_to_others(void **state)
{
    struct test_cluster *project = *state;
    struct stat folder;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    const char *const folders[] = {status->directory, status->data_directory, status->socket_directory};
    for (size_t i = 0; i < countof(folders); i++) {
        assert_int_equal(lstat(folders[i], &folder), 0);
        assert_int_equal(folder.st_mode & 07777, 0700);
        assert_string_equal(getpwuid(folder.st_uid)->pw_name, status->owner);
    }
}

static void test_acquire_warm_finds_same_server(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *before = test_cluster_status(project);
    test_cluster_release(project);
    test_cluster_acquire(project);
    struct cluster_status *after = test_cluster_status(project);
    assert_int_equal(before->server_pid, after->server_pid);
    assert_int_equal(before->keeper_pid, after->keeper_pid);
}

static void test_acquire_twice_is_held_once(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    test_cluster_acquire(project);
    test_cluster_release(project);
    test_cluster_wait(project, test_cluster_is_stopped);
}

static void test_last_user_gone_stops_after_linger(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    test_cluster_release(project);
    int64_t left_ms = clock_monotonic_ms();
    test_cluster_wait(project, test_cluster_is_stopped);
    assert_true(clock_monotonic_ms() - left_ms >= TEST_CLUSTER_LINGER_MS);
}

static void test_other_process_keeps_server_alive(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    long server_pid = test_cluster_status(project)->server_pid;
    struct test_user other = test_user_start(project);
    assert_true(test_user_acquired(&other));
    test_cluster_release(project);
    assert_true(test_cluster_runs_on(project));
    assert_int_equal(test_cluster_status(project)->server_pid, server_pid);
    test_user_end(&other);
    test_cluster_wait(project, test_cluster_is_stopped);
}

static void test_killed_user_does_not_keep_server_alive(void **state)
{
    struct test_cluster *project = *state;
    struct test_user other = test_user_start(project);
    assert_true(test_user_acquired(&other));
    assert_int_equal(kill(other.pid, SIGKILL), 0);
    assert_int_equal(waitpid(other.pid, NULL, 0), other.pid);
    close(other.input);
    close(other.output);
    test_cluster_wait(project, test_cluster_is_stopped);
}

static void test_eight_processes_start_one_cold_server(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    struct test_user users[8];
    for (size_t i = 0; i < countof(users); i++)
        users[i] = test_user_start(project);
    for (size_t i = 0; i < countof(users); i++)
        assert_true(test_user_acquired(&users[i]));
    assert_int_equal(test_cluster_starts(project), 1);
    for (size_t i = 0; i < countof(users); i++)
        test_user_end(&users[i]);
    test_cluster_destroy(project);
    talloc_free(project);
}

static void *acquire_in_thread(void *argument)
{
    struct test_cluster *project = argument;
    TALLOC_CTX *scope = talloc_new(NULL);
    struct cluster *cluster = cluster_open(scope, project->settings, CLUSTER_EMBEDDED, error_new(scope));
    bool ok = cluster && cluster_acquire(cluster, NULL, error_new(scope));
    talloc_free(scope);
    return ok ? argument : NULL;
}

static void test_threads_start_one_server(void **state)
{
    struct test_cluster *project = *state;
    pthread_t threads[6];
    int starts = test_cluster_starts(project);
    for (size_t i = 0; i < countof(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, acquire_in_thread, project), 0);
    for (size_t i = 0; i < countof(threads); i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_ptr_equal(result, project);
    }
    assert_int_equal(test_cluster_starts(project), starts + 1);
}

static void test_no_descriptor_of_starter_is_held(void **state)
{
    struct test_cluster *project = *state;
    int ends[2];
    assert_int_equal(pipe(ends), 0); /* inherited by whatever is executed */
    test_cluster_acquire(project);
    close(ends[1]);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    assert_int_equal(poll(&end, 1, 30000), 1);
    assert_true(end.revents & POLLHUP);
    close(ends[0]);
}

static void test_ordinary_user_has_own_cluster(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    char *home = talloc_asprintf(project, "%s/home", project->directory);
    int status;
    assert_int_equal(mkdir(home, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chmod(project->directory, 0755), 0);
        assert_int_equal(chown(home, 65534, 65534), 0);
    }
    pid_t pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
            _exit(2);
        struct cluster *cluster = cluster_open(project, project->settings, CLUSTER_EMBEDDED, project->error);
        bool ok = cluster && cluster_acquire(cluster, NULL, project->error);
        struct cluster_status *found = ok ? cluster_status(project, cluster, project->error) : NULL;
        ok = found && found->is_running && !strncmp(found->directory, home, strlen(home)) &&
             *test_cluster_ask(project, found, "SELECT 1") == '1' && cluster_destroy(cluster, NULL, project->error);
        if (!ok)
            print_error("%s\n", project->error->message ? project->error->message : "not as expected");
        _exit(ok ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    talloc_free(project);
}

static void test_scratch_is_fast_and_in_memory(void **state)
{
    struct test_cluster *project = *state;
    struct statvfs room;
    struct cluster *cluster = cluster_open(project, project->settings, CLUSTER_SCRATCH, project->error);
    test_expect(cluster, project->error);
    test_expect(cluster_acquire(cluster, NULL, project->error), project->error);
    struct cluster_status *status = cluster_status(project, cluster, project->error);
    test_expect(status, project->error);
    assert_string_equal(test_cluster_ask(project, status, "SHOW fsync"), "off");
    if (statvfs("/dev/shm", &room) == 0 && room.f_bavail * room.f_frsize > 512UL << 20)
        assert_int_equal(strncmp(status->directory, "/dev/shm/", 9), 0);
    talloc_free(cluster);
}

static void test_target_leads_into_cluster(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct target *plain = target_resolve(project, project->settings, "embedded", TARGET_MAY_FALL_BACK, project->error);
    test_expect(plain, project->error);
    struct target *target = cluster_target(project, project->cluster, plain);
    PGconn *session = PQconnectdbParams(target->keywords, target->values, 0);
    assert_int_equal(PQstatus(session), CONNECTION_OK);
    assert_string_equal(PQdb(session), "embedded");
    PQfinish(session);
}

/* ---- keep, stop, destroy ---- */

static void test_kept_cluster_stays_until_stop(void **state)
{
    struct test_cluster *project = *state;
    struct cluster *cluster = test_cluster_open(project);
    test_expect(cluster_keep(cluster, NULL, project->error), project->error);
    talloc_free(cluster);
    assert_true(test_cluster_status(project)->is_kept);
    assert_true(test_cluster_runs_on(project));
    test_cluster_stop(project);
    assert_true(test_cluster_is_stopped(project));
    assert_false(test_cluster_status(project)->is_kept);
    assert_true(test_cluster_status(project)->exists);
}

static void test_stop_ends_open_sessions(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    PGconn *session = PQconnectdb(talloc_asprintf(project, "host=%s user=%s dbname=%s", status->socket_directory,
                                                  status->user, status->database));
    assert_int_equal(PQstatus(session), CONNECTION_OK);
    test_cluster_stop(project);
    assert_true(test_cluster_is_stopped(project));
    PQclear(PQexec(session, "SELECT 1"));
    assert_int_equal(PQstatus(session), CONNECTION_BAD);
    PQfinish(session);
}

static void test_stop_where_nothing_was_made_makes_nothing(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    struct stat folder;
    test_cluster_stop(project);
    test_cluster_destroy(project);
    assert_int_equal(lstat(test_cluster_status(project)->directory, &folder), -1);
    talloc_free(project);
}

static void test_destroy_deletes_all_and_next_starts_empty(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    struct stat folder;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    test_cluster_ask(project, status, "CREATE TABLE mark ()");
    test_cluster_destroy(project);
    assert_int_equal(lstat(status->directory, &folder), -1);
    assert_int_equal(lstat(status->socket_directory, &folder), -1);
    test_cluster_release(project);
    test_cluster_acquire(project);
    assert_string_equal(test_cluster_ask(project, status, "SELECT to_regclass('mark') IS NULL"), "t");
    test_cluster_release(project);
    test_cluster_destroy(project);
    talloc_free(project);
}

static void test_data_outlive_stop(void **state)
{
    struct test_cluster *project = *state;
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    test_cluster_ask(project, status, "DROP TABLE IF EXISTS mark; CREATE TABLE mark ()");
    test_cluster_stop(project);
    test_cluster_acquire(project);
    assert_string_equal(test_cluster_ask(project, status, "SELECT to_regclass('mark') IS NULL"), "f");
}

static void test_cancelled_acquire_returns(void **state)
{
    struct test_cluster *project = *state;
    struct cancel *cancel = cancel_new(project);
    cancel_request(cancel, SIGINT);
    struct cluster *cluster = test_cluster_open(project);
    assert_false(cluster_acquire(cluster, cancel, project->error));
    assert_int_equal(project->error->code, ERROR_CANCELLED);
    talloc_free(cluster);
    test_cluster_acquire(project);
}

struct waiter {
    struct test_cluster *project;
    struct cancel *cancel;
    enum error_code code;
};

static void *acquire_until_cancelled(void *argument)
{
    struct waiter *waiter = argument;
    TALLOC_CTX *scope = talloc_new(NULL);
    struct error *error = error_new(scope);
    struct cluster *cluster = cluster_open(scope, waiter->project->settings, CLUSTER_EMBEDDED, error);
    if (cluster && !cluster_acquire(cluster, waiter->cancel, error))
        waiter->code = error->code;
    talloc_free(scope);
    return NULL;
}

static void test_acquire_that_waits_for_another_is_cancelled(void **state)
{
    struct test_cluster *project = *state;
    struct waiter waiter = {.project = project, .cancel = cancel_new(project)};
    char *lock = talloc_asprintf(project, "%s/start.lock", test_cluster_status(project)->directory);
    int fd = open(lock, O_RDWR | O_CLOEXEC);
    pthread_t thread;
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(pthread_create(&thread, NULL, acquire_until_cancelled, &waiter), 0);
    assert_true(cancel_sleep(NULL, 20)); /* most likely it waits by now; if not, it finds the request when it does */
    cancel_request(waiter.cancel, SIGTERM);
    pthread_join(thread, NULL);
    close(fd);
    assert_int_equal(waiter.code, ERROR_CANCELLED);
    assert_true(test_cluster_is_stopped(project));
}

/* ---- refused ---- */

enum hostile { HOSTILE_LINK, HOSTILE_FILE, HOSTILE_OPEN, HOSTILE_FOREIGN };

static void make_hostile(const char *path, const char *elsewhere, enum hostile kind)
{
    switch (kind) {
    case HOSTILE_LINK:
        assert_int_equal(symlink(elsewhere, path), 0);
        break;
    case HOSTILE_FILE:
        assert_int_equal(mknod(path, S_IFREG | 0600, 0), 0);
        break;
    case HOSTILE_OPEN:
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(chmod(path, 0777), 0);
        break;
    case HOSTILE_FOREIGN:
        assert_int_equal(mkdir(path, 0700), 0);
        if (geteuid() == 0)
            assert_int_equal(chown(path, 12345, 12345), 0);
        else
            assert_int_equal(chmod(path, 0770), 0);
        break;
    }
}

static void test_hostile_folders_are_refused(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    struct cluster_status *status = test_cluster_status(project);
    char *elsewhere = test_directory(project);
    const char *const paths[] = {status->socket_directory, status->directory};
    for (size_t i = 0; i < countof(paths); i++)
        for (enum hostile kind = HOSTILE_LINK; kind <= HOSTILE_FOREIGN; kind++) {
            test_expect(disk_remove_tree(status->directory, project->error), project->error);
            test_expect(disk_remove_tree(status->socket_directory, project->error), project->error);
            make_hostile(paths[i], elsewhere, kind);
            struct cluster *cluster = test_cluster_open(project);
            assert_false(cluster_acquire(cluster, NULL, project->error));
            assert_int_equal(project->error->code, ERROR_CLUSTER);
            assert_non_null(strstr(project->error->message, paths[i]));
            talloc_free(cluster);
            test_expect(disk_remove_tree(paths[i], project->error), project->error);
        }
    test_expect(disk_remove_tree(status->directory, project->error), project->error);
    test_expect(disk_remove_tree(status->socket_directory, project->error), project->error);
    talloc_free(project);
}

static void test_server_that_cannot_start_says_why(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    test_cluster_acquire(project);
    struct cluster_status *status = test_cluster_status(project);
    test_cluster_stop(project);
    test_cluster_write(status, status->data_directory, "postgresql.auto.conf", "max_connections = 'many'\n");
    assert_false(cluster_acquire(project->cluster, NULL, project->error));
    assert_int_equal(project->error->code, ERROR_CLUSTER);
    assert_non_null(strstr(project->error->detail, "invalid value for parameter \"max_connections\""));
    assert_true(test_cluster_is_stopped(project));
    test_cluster_release(project);
    test_cluster_destroy(project);
    talloc_free(project);
}

static void test_empty_binaries_folder_is_named(void **state)
{
    char *empty = test_directory(*state);
    struct test_cluster *project =
        test_cluster_new(*state, talloc_asprintf(*state, "PGDECK_SERVER_BINARIES=%s", empty));
    assert_null(cluster_open(project, project->settings, CLUSTER_EMBEDDED, project->error));
    assert_int_equal(project->error->code, ERROR_CLUSTER);
    assert_non_null(strstr(project->error->message, empty));
    talloc_free(project);
}

static void test_no_binaries_names_the_package(void **state)
{
    static const char *const nowhere[] = {"/nonexistent/*/bin", NULL};
    struct error *error = error_new(*state);
    struct binaries_places places = {.asked = "", .patterns = nowhere, .path = "/nonexistent"};
    size_t count;
    assert_null(binaries_find(*state, &places, &count, error));
    assert_int_equal(error->code, ERROR_CLUSTER);
    assert_string_equal(error->message, "no PostgreSQL server programs found");
    assert_non_null(strstr(error->hint, "apt-get install postgresql"));
}

/* Folders named after versions that hold links to the one server there is. */
static void test_newest_binaries_come_first(void **state)
{
    char *base = test_directory(*state);
    size_t count;
    struct error *error = error_new(*state);
    struct binaries_places real = {.patterns = binaries_patterns};
    struct binaries *here = binaries_find(*state, &real, &count, error);
    test_expect(here, error);
    static const char *const folders[] = {"postgresql/9/bin", "postgresql/16/bin", "postgresql/14/bin",
                                          "postgresql/17/lib"};
    for (size_t i = 0; i < countof(folders); i++) {
        char *folder = talloc_asprintf(base, "%s/%s", base, folders[i]);
        test_expect(disk_make_folders(folder, error), error);
        assert_int_equal(
            symlink(talloc_asprintf(base, "%s/postgres", here->folder), talloc_asprintf(base, "%s/postgres", folder)),
            0);
        assert_int_equal(
            symlink(talloc_asprintf(base, "%s/initdb", here->folder), talloc_asprintf(base, "%s/initdb", folder)), 0);
    }
    const char *const patterns[] = {talloc_asprintf(base, "%s/postgresql/*/bin", base), NULL};
    struct binaries_places places = {.patterns = patterns};
    struct binaries *found = binaries_find(*state, &places, &count, error);
    test_expect(found, error);
    assert_int_equal(count, 3);
    assert_int_equal(found[0].major, 16);
    assert_int_equal(found[1].major, 14);
    assert_int_equal(found[2].major, 9);
    talloc_free(base);
}

static void test_data_of_absent_version_name_the_package(void **state)
{
    struct test_cluster *project = test_cluster_new(*state, NULL);
    struct cluster_status *status = test_cluster_status(project);
    char *older = talloc_strdup(project, status->directory);
    *strrchr(older, '-') = '\0';
    older = talloc_asprintf(project, "%s-7", older);
    test_expect(disk_make_folders(older, project->error), project->error);
    test_write(older, "data/PG_VERSION", "7\n");
    struct cluster *cluster = cluster_open(project, project->settings, CLUSTER_EMBEDDED, project->error);
    test_expect(disk_remove_tree(older, error_new(project)), project->error);
    assert_null(cluster);
    assert_non_null(strstr(project->error->message, "PostgreSQL 7"));
    assert_non_null(strstr(project->error->hint, "postgresql-7"));
    talloc_free(project);
}

static void test_folder_that_server_cannot_reach_is_named(void **state)
{
    if (geteuid() != 0)
        skip();
    struct test_cluster *project = test_cluster_new(*state, NULL);
    char *closed = test_directory(project);
    struct binaries_places real = {.patterns = binaries_patterns};
    size_t count;
    struct binaries *here = binaries_find(project, &real, &count, project->error);
    test_expect(here, project->error);
    char *folder = talloc_asprintf(project, "%s/bin", closed);
    assert_int_equal(symlink(here->folder, folder), 0);
    project->settings = test_cluster_settings(project, project->directory,
                                              talloc_asprintf(project, "PGDECK_SERVER_BINARIES=%s", folder));
    struct cluster *cluster = test_cluster_open(project);
    assert_false(cluster_acquire(cluster, NULL, project->error));
    assert_int_equal(project->error->code, ERROR_CLUSTER);
    assert_non_null(strstr(project->error->message, closed));
    test_expect(cluster_destroy(cluster, NULL, project->error), project->error);
    talloc_free(project);
}

static void test_keeper_refuses_wrong_arguments(void **state UNUSED)
{
    char name[] = "pgdeck", word[] = CLUSTER_KEEPER_WORD, number[] = "x";
    char *few[] = {name, word, NULL};
    char *bad[] = {name, word, number, number, number, number, number, number, number, NULL};
    assert_int_equal(cluster_keeper_main(2, few), 2);
    assert_int_equal(cluster_keeper_main(9, bad), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_cluster_set_up, test_cluster_tear_down)

int main(int count, char **arguments)
{
    if (count > 1 && !strcmp(arguments[1], CLUSTER_KEEPER_WORD))
        return cluster_keeper_main(count, arguments);
    const struct CMUnitTest tests[] = {
        TEST(test_acquire_cold_makes_durable_cluster),
        TEST(test_folders_are_closed_to_others),
        TEST(test_acquire_warm_finds_same_server),
        TEST(test_acquire_twice_is_held_once),
        TEST(test_last_user_gone_stops_after_linger),
        TEST(test_other_process_keeps_server_alive),
        TEST(test_killed_user_does_not_keep_server_alive),
        TEST(test_eight_processes_start_one_cold_server),
        TEST(test_threads_start_one_server),
        TEST(test_no_descriptor_of_starter_is_held),
        TEST(test_ordinary_user_has_own_cluster),
        TEST(test_scratch_is_fast_and_in_memory),
        TEST(test_target_leads_into_cluster),
        TEST(test_kept_cluster_stays_until_stop),
        TEST(test_stop_ends_open_sessions),
        TEST(test_stop_where_nothing_was_made_makes_nothing),
        TEST(test_destroy_deletes_all_and_next_starts_empty),
        TEST(test_data_outlive_stop),
        TEST(test_cancelled_acquire_returns),
        TEST(test_acquire_that_waits_for_another_is_cancelled),
        TEST(test_hostile_folders_are_refused),
        TEST(test_server_that_cannot_start_says_why),
        TEST(test_empty_binaries_folder_is_named),
        TEST(test_no_binaries_names_the_package),
        TEST(test_newest_binaries_come_first),
        TEST(test_data_of_absent_version_name_the_package),
        TEST(test_folder_that_server_cannot_reach_is_named),
        TEST(test_keeper_refuses_wrong_arguments),
    };
    return cmocka_run_group_tests(tests, test_cluster_make_group, test_cluster_remove_group);
}
