/* What the cache of replayed states keeps, shares, bounds and forgets; and that a process that is killed anywhere
 * leaves nothing that is taken for a whole. On a server of the test's own, named by the setting scratch. */
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"
#include "tests/lib/replay.h"
#include "tests/lib/server.h"

static char *scratch_option(struct test_server *server, const char *user)
{
    return talloc_asprintf(server, "scratch=host=%s port=5432 user=%s dbname=postgres", test_server_host(server), user);
}

struct group {
    struct test_server *server;
    struct replay_test *test;
};

static int open_group(void **state)
{
    static const char *const settings[] = {"log_min_messages=fatal", NULL};
    struct group *group = talloc_zero(NULL, struct group);
    group->server = test_server_start(group, settings);
    *state = group;
    return 0;
}

static int close_group(void **state) { return talloc_free(*state); }

static int set_up(void **state)
{
    struct group *group = *state;
    const char *options[] = {scratch_option(group->server, "postgres"), NULL};
    group->test = replay_test_new(NULL, options);
    return 0;
}

static int tear_down(void **state)
{
    struct group *group = *state;
    return talloc_free(group->test);
}

#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* What the registry says, as the server's superuser. */
static char *ask_registry(struct group *group, const char *sql)
{
    struct replay_test *test = group->test;
    struct error *error = error_new(test);
    struct target *any = target_parse(test, test_server_conninfo(group->server, "postgres"), error);
    struct connection_options options = {.application_name = "test"};
    struct connection *connection = connection_open(test, any, &options, error);
    struct result *result =
        connection_query(connection, connection, NO_PARAMETERS, error,
                         "SELECT datname FROM pg_database WHERE datname ~ '^pgdeck_scratch[0-9]+_[0-9a-f]+$'");
    const char *pairs[] = {"dbname", result_value(result), NULL};
    struct target *target = target_with(test, any, pairs);
    talloc_free(connection);
    connection = connection_open(test, target, &options, error);
    result = connection_query(connection, connection, NO_PARAMETERS, error, sql);
    if (!result)
        fail_msg("%s: %s", sql, error->message);
    char *answer = talloc_strdup(test, result_row_count(result) && result_value(result) ? result_value(result) : "");
    talloc_free(connection);
    return answer;
}

/* Each test has files of its own: all share one cache. */
static void write_files(struct replay_test *test, int from, int to)
{
    for (int i = from; i <= to; i++)
        replay_test_write(test, talloc_asprintf(test, "%03d_f.sql", i),
                          talloc_asprintf(test, "-- %s\nCREATE TABLE t%d (id int PRIMARY KEY, x text DEFAULT 'a');\n",
                                          test->project, i));
}

/* Everything that a snapshot could see of the tables, and the ledger. */
static char *digest(struct replay_test *test)
{
    return replay_test_ask(
        test, "SELECT string_agg(x, ',' ORDER BY x) FROM (SELECT c.relname || ' ' || coalesce(pg_get_expr(d.adbin,"
              " d.adrelid), '') FROM pg_class c LEFT JOIN pg_attrdef d ON d.adrelid = c.oid"
              " WHERE c.relnamespace = 'public'::regnamespace"
              " UNION ALL SELECT version || checksum FROM public.schema_migrations) AS s (x)");
}

static void test_second_replay_runs_nothing(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    write_files(test, 1, 5);
    assert_int_equal(replay_test_run(test)->run_count, 5);
    const char *first = digest(test);
    replay_test_reopen(test);
    assert_int_equal(replay_test_run(test)->run_count, 0);
    assert_string_equal(digest(test), first);
}

static void test_new_file_alone_is_run(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    write_files(test, 1, 5);
    replay_test_run(test);
    write_files(test, 6, 6);
    assert_int_equal(replay_test_run(test)->run_count, 1);
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM public.schema_migrations"), "6");
    assert_string_equal(replay_test_ask(test, "SELECT to_regclass('public.t1') || ' ' || to_regclass('public.t6')"),
                        "public.t1 public.t6");
}

static void test_edited_last_file_alone_is_run_anew(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    write_files(test, 1, 5);
    replay_test_run(test);
    for (int i = 0; i < 3; i++) {
        replay_test_write(test, "005_f.sql", talloc_asprintf(test, "CREATE TABLE other%d (id int);", i));
        assert_int_equal(replay_test_run(test)->run_count, 1);
        assert_string_equal(
            replay_test_ask(test, "SELECT string_agg(relname, ',') FROM pg_class WHERE relname ~ '^other.$'"),
            talloc_asprintf(test, "other%d", i));
        assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM pg_class WHERE relname = 't5'"), "0");
    }
}

static void test_edited_first_file_runs_all(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    write_files(test, 1, 5);
    replay_test_run(test);
    replay_test_write(test, "001_f.sql", "CREATE TABLE other (id int);");
    assert_int_equal(replay_test_run(test)->run_count, 5);
}

static void test_head_that_says_no_transaction_is_another_state(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    replay_test_write(test, "001_f.sql", "-- a\nCREATE TABLE t (id int);");
    replay_test_run(test);
    replay_test_write(test, "001_f.sql", "-- pgdeck: no-transaction\nCREATE TABLE t (id int);");
    assert_int_equal(replay_test_run(test)->run_count, 1);
}

static void test_other_settings_are_another_state(void **state)
{
    struct group *group = *state;
    write_files(group->test, 1, 2);
    replay_test_run(group->test);
    const char *const more[] = {"search_path=pg_catalog,public", "role=deployer", "ledger=meta.applied"};
    for (size_t i = 0; i < countof(more); i++) {
        const char *options[] = {scratch_option(group->server, "postgres"), more[i], NULL};
        struct replay_test *other = replay_test_new(NULL, options);
        if (i == 0)
            replay_test_write(other, "001_f.sql", "CREATE TABLE public.t1 (id int);");
        else
            write_files(other, 1, 1);
        assert_true(replay_test_run(other)->run_count > 0);
        if (i == 1)
            assert_string_equal(replay_test_ask(other, "SELECT tableowner FROM pg_tables WHERE tablename = 't1'"),
                                "deployer");
        talloc_free(other);
    }
}

static void test_fresh_runs_all_and_replaces(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    const struct replay_options options = {.cache = REPLAY_FRESH};
    write_files(test, 1, 3);
    replay_test_run(test);
    TALLOC_FREE(test->replay);
    test->replay = replay_migrations(test, test->scratch, test->directory, 3, &options, test->error);
    assert_non_null(test->replay);
    assert_int_equal(test->replay->run_count, 3);
    assert_int_equal(replay_test_run(test)->run_count, 0);
}

static void test_shorter_replay_of_same_files(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    const struct replay_options options = {.cache = REPLAY_CACHED};
    write_files(test, 1, 5);
    replay_test_run(test);
    TALLOC_FREE(test->replay);
    test->replay = replay_migrations(test, test->scratch, test->directory, 4, &options, test->error);
    assert_int_equal(test->replay->run_count, 0);
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM public.schema_migrations"), "4");
}

static void test_script_is_cached_and_findings_too(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    const char *text = "CREATE TABLE a (id int);\nCREATE EXTENSION nowhere_to_be_found;\nCREATE ROLE x;";
    assert_int_equal(replay_test_script(test, text)->run_count, 1);
    replay_test_findings(test, "FAILED init.sql:2; SKIPPED init.sql:3");
    const char *message = talloc_strdup(test, test->replay->findings.items[0].message);
    assert_int_equal(replay_test_script(test, text)->run_count, 0);
    replay_test_findings(test, "FAILED init.sql:2; SKIPPED init.sql:3");
    assert_string_equal(test->replay->findings.items[0].message, message);
}

static void test_state_that_lacked_an_extension_is_made_anew_when_others_can_be_installed(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    const char *text = "CREATE EXTENSION nowhere_to_be_found;\nCREATE TABLE a (id int);";
    replay_test_script(test, text);
    assert_int_equal(replay_test_script(test, text)->run_count, 0);
    TALLOC_FREE(test->replay);
    ask_registry(group, "UPDATE pgdeck.database SET extensions = 'other' WHERE extensions IS NOT NULL");
    assert_int_equal(replay_test_script(test, text)->run_count, 1);
}

static void test_copy_of_state_is_private(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    write_files(test, 1, 2);
    replay_test_run(test);
    struct scratch_database *copy = scratch_copy(test, test->replay->database, NULL, test->error);
    assert_non_null(copy);
    struct connection *connection = scratch_connect(test, copy, SCRATCH_OWNER, NULL, test->error);
    assert_true(connection_execute(connection, NO_PARAMETERS, test->error, "DROP TABLE public.t1"));
    talloc_free(connection);
    talloc_free(copy);
    assert_string_equal(replay_test_ask(test, "SELECT to_regclass('public.t1')"), "public.t1");
}

static void test_state_that_is_read_is_not_copied(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    write_files(test, 1, 2);
    replay_test_run(test);
    struct connection *connection = scratch_connect(test, test->replay->database, SCRATCH_OWNER, NULL, test->error);
    assert_null(scratch_copy(test, test->replay->database, NULL, test->error));
    assert_int_equal(test->error->code, ERROR_REFUSED);
    error_clear(test->error);
    talloc_free(connection);
    struct scratch_database *copy = scratch_copy(test, test->replay->database, NULL, test->error);
    assert_non_null(copy);
    talloc_free(copy);
}

/* A replay of one file more goes on without the state that somebody reads. */
static void test_replay_beside_a_reader_is_right(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    write_files(test, 1, 3);
    replay_test_run(test);
    struct connection *connection = scratch_connect(test, test->replay->database, SCRATCH_OWNER, NULL, test->error);
    struct replay *held = test->replay;
    test->replay = NULL;
    write_files(test, 4, 4);
    assert_true(replay_test_run(test)->run_count >= 1);
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM public.schema_migrations"), "4");
    talloc_free(connection);
    talloc_free(held);
}

static void test_number_of_states_is_bounded_and_held_ones_stay(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    struct replay *held = replay_test_script(test, "CREATE TABLE held (id int);");
    test->replay = NULL;
    for (int i = 0; i < 28; i++)
        replay_test_script(test, talloc_asprintf(test, "CREATE TABLE s%d (id int);", i));
    replay_test_reopen(test);
    assert_true(strtol(ask_registry(group, "SELECT count(*) FROM pgdeck.database WHERE kind = 'state'"), NULL, 10) <=
                26);
    assert_true(strtol(ask_registry(group, "SELECT count(*) FROM pg_database"), NULL, 10) <= 36);
    talloc_free(held);
    struct replay *replay = replay_test_script(test, "CREATE TABLE s27 (id int);");
    assert_int_equal(replay->run_count, 0);
    replay = replay_test_script(test, "CREATE TABLE s0 (id int);");
    assert_int_equal(replay->run_count, 1);
}

static void test_held_state_outlives_its_eviction(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    struct replay *held = replay_test_script(test, "CREATE TABLE held (id int);");
    test->replay = NULL;
    ask_registry(group, "UPDATE pgdeck.database SET used_at = 'epoch' WHERE kind = 'state'");
    for (int i = 0; i < 26; i++)
        replay_test_script(test, talloc_asprintf(test, "CREATE TABLE u%d (id int);", i));
    TALLOC_FREE(test->replay);
    test->replay = held;
    assert_string_equal(replay_test_ask(test, "SELECT to_regclass('public.held')"), "public.held");
}

static void test_other_server_version_forgets_all(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    write_files(test, 1, 2);
    replay_test_run(test);
    TALLOC_FREE(test->replay);
    TALLOC_FREE(test->scratch);
    ask_registry(group, "UPDATE pgdeck.server SET server_version = 150000");
    replay_test_reopen(test);
    assert_string_equal(ask_registry(group, "SELECT count(*) FROM pgdeck.database WHERE kind = 'state'"), "0");
    assert_int_equal(replay_test_run(test)->run_count, 2);
}

static void test_renamed_database_is_not_taken_for_the_state(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    write_files(test, 1, 2);
    replay_test_run(test);
    TALLOC_FREE(test->replay);
    char *name =
        ask_registry(group, "SELECT datname FROM pg_database WHERE oid = (SELECT database_oid FROM pgdeck.database"
                            " WHERE kind = 'state' ORDER BY used_at DESC LIMIT 1)");
    test_server_execute(group->server, "postgres", talloc_asprintf(test, "ALTER DATABASE %s RENAME TO stolen", name));
    test_server_execute(group->server, "postgres", talloc_asprintf(test, "CREATE DATABASE %s", name));
    replay_test_run(test);
    assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM public.schema_migrations"), "2");
    test_server_drop_database(group->server, "stolen");
}

static void test_spare_is_taken_and_made_again(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    replay_test_reopen(test); /* the one before made spares when it was closed */
    int64_t end_ms = clock_monotonic_ms() + 30000;
    const char *spares = "SELECT count(*) FROM pgdeck.database d JOIN pg_database p ON p.datname ~ ('_' || d.id || '$')"
                         " WHERE kind = 'spare' AND copy_of IS NULL";
    while (strcmp(ask_registry(group, spares), "2") != 0) {
        assert_true(clock_monotonic_ms() < end_ms);
        assert_true(cancel_sleep(NULL, 5));
    }
    struct scratch_database *one = scratch_create(test, test->scratch, NULL, test->error);
    assert_non_null(one);
    assert_string_equal(ask_registry(group, spares), "1");
    talloc_free(one);
    replay_test_reopen(test);
    while (strcmp(ask_registry(group, spares), "2") != 0) {
        assert_true(clock_monotonic_ms() < end_ms);
        assert_true(cancel_sleep(NULL, 5));
    }
}

static void test_ready_copy_of_the_last_state_is_taken(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    const char *copies = "SELECT count(*) FROM pgdeck.database d JOIN pg_database p ON p.datname ~ ('_' || d.id || '$')"
                         " WHERE kind = 'spare' AND copy_of IS NOT NULL";
    write_files(test, 1, 4);
    for (int i = 0; i < 3; i++) {
        replay_test_run(test);
        const char *key = talloc_strdup(test, test->replay->key);
        const char *its_copies = talloc_asprintf(test, "%s AND copy_of = '%s'", copies, key);
        int64_t end_ms = clock_monotonic_ms() + 30000;
        replay_test_reopen(test);
        while (strcmp(ask_registry(group, its_copies), "1") != 0) {
            assert_true(clock_monotonic_ms() < end_ms);
            assert_true(cancel_sleep(NULL, 5));
        }
        write_files(test, 5 + i, 5 + i);
        assert_int_equal(replay_test_run(test)->run_count, 1);
        assert_string_equal(ask_registry(group, its_copies), "0");
        assert_string_equal(replay_test_ask(test, "SELECT count(*) FROM public.schema_migrations"),
                            talloc_asprintf(test, "%d", 5 + i));
        replay_test_reopen(test); /* makes a copy of where it began; the next round begins at the end */
    }
    assert_true(strtol(ask_registry(group, copies), NULL, 10) <= 4);
}

static void test_freed_databases_are_dropped(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    for (int i = 0; i < 10; i++)
        talloc_free(scratch_create(test, test->scratch, NULL, test->error));
    replay_test_reopen(test);
    assert_string_equal(ask_registry(group, "SELECT count(*) FROM pgdeck.database WHERE kind = 'work'"), "0");
}

static void test_database_freed_behind_its_server_does_no_harm(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    struct scratch_database *late = scratch_create(NULL, test->scratch, NULL, test->error);
    TALLOC_FREE(test->scratch);
    talloc_free(late);
    int64_t end_ms = clock_monotonic_ms() + 30000;
    do { /* the session ends a moment after its connection */
        assert_true(clock_monotonic_ms() < end_ms);
        replay_test_reopen(test);
        replay_test_reopen(test);
    } while (strcmp(ask_registry(group, "SELECT count(*) FROM pgdeck.database WHERE kind = 'work'"), "0") != 0);
}

/* ---- others at the same time ---- */

static void *replay_in_thread(void *argument)
{
    struct replay_test *test = argument;
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *error = error_new(memory);
    const struct replay_options options = {.cache = REPLAY_CACHED};
    struct scratch *scratch = scratch_open(memory, test->settings, 0, NULL, error);
    struct directory *directory = scratch ? directory_read(memory, test->settings, error) : NULL;
    bool ok = directory;
    for (int i = 0; ok && i < 5; i++) {
        struct replay *replay =
            replay_migrations(memory, scratch, directory, directory->count - (size_t)(i % 3), &options, error);
        ok = replay;
        talloc_free(replay);
    }
    if (!ok)
        print_error("%s\n", error->message);
    talloc_free(memory);
    return ok ? argument : NULL;
}

static void test_two_threads_replay_at_once(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    pthread_t threads[2];
    write_files(test, 1, 6);
    for (size_t i = 0; i < countof(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, replay_in_thread, test), 0);
    for (size_t i = 0; i < countof(threads); i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_ptr_equal(result, test);
    }
}

/* Another process that replays; returns its id. */
static pid_t replay_in_process(struct replay_test *test)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(replay_in_thread(test) ? 0 : 1);
    return pid;
}

static void test_two_processes_replay_at_once(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    pid_t pids[3];
    write_files(test, 1, 6);
    for (size_t i = 0; i < countof(pids); i++)
        pids[i] = replay_in_process(test);
    for (size_t i = 0; i < countof(pids); i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_string_equal((replay_test_run(test), replay_test_ask(test, "SELECT count(*) FROM public.schema_migrations")),
                        "6");
}

/* Killed after 1, 2, 3 ... of so many parts of the time that it takes. What the next one makes is what a first one
 * makes. */
static void test_killed_process_leaves_nothing_that_hurts(void **state)
{
    struct group *group = *state;
    struct replay_test *test = group->test;
    const int rounds = getenv("PGDECK_SOAK") ? 60 : 8;
    write_files(test, 1, 8);
    replay_test_run(test);
    const char *right = digest(test);
    TALLOC_FREE(test->replay);
    for (int i = 0; i < rounds; i++) {
        ask_registry(group, "UPDATE pgdeck.database SET key = NULL WHERE kind = 'state'"); /* all is to be made anew */
        pid_t pid = replay_in_process(test);
        cancel_sleep(NULL, 4 + i % 20 * 15);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        replay_test_reopen(test);
        replay_test_run(test);
        assert_string_equal(digest(test), right);
        TALLOC_FREE(test->replay);
    }
    replay_test_reopen(test);
    assert_string_equal(ask_registry(group, "SELECT count(*) FROM pgdeck.database WHERE kind = 'work'"), "0");
    int64_t databases = strtol(ask_registry(group, "SELECT count(*) FROM pg_database"), NULL, 10);
    int64_t rows = strtol(ask_registry(group, "SELECT count(*) FROM pgdeck.database"), NULL, 10);
    assert_true(databases <=
                rows + 6); /* postgres, template0, template1, registry, template, and one that is made now */
}

static void test_cancel_ends_a_replay(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    replay_test_write(test, "001_a.sql", "SELECT pg_sleep(60);");
    test->directory = directory_read(test, test->settings, test->error);
    struct cancel *cancel = cancel_new(test);
    const struct replay_options options = {.cancel = cancel};
    int64_t started_ms = clock_monotonic_ms();
    cancel_request(cancel, 0);
    assert_null(replay_migrations(test, test->scratch, test->directory, 1, &options, test->error));
    assert_int_equal(test->error->code, ERROR_CANCELLED);
    assert_true(clock_monotonic_ms() - started_ms < 20000);
    error_clear(test->error);
    replay_test_write(test, "001_a.sql", "SELECT 1;");
    replay_test_run(test);
}

static void cancel_when_running(void *listener, size_t done UNUSED, size_t total UNUSED, const char *name)
{
    if (!strcmp(name, "002_b.sql"))
        cancel_request(listener, 0);
}

static void test_cancel_between_files(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    replay_test_write(test, "001_a.sql", "SELECT 1;");
    replay_test_write(test, "002_b.sql", "SELECT 1;");
    test->directory = directory_read(test, test->settings, test->error);
    struct cancel *cancel = cancel_new(test);
    const struct replay_options options = {.cancel = cancel, .on_progress = cancel_when_running, .listener = cancel};
    assert_null(replay_migrations(test, test->scratch, test->directory, 2, &options, test->error));
    assert_int_equal(test->error->code, ERROR_CANCELLED);
}

/* ---- a plain role's server ---- */

static void test_plain_role_with_createdb_serves(void **state)
{
    struct group *group = *state;
    test_server_execute(group->server, "postgres", "CREATE ROLE plain LOGIN CREATEDB");
    const char *options[] = {scratch_option(group->server, "plain"), NULL};
    struct replay_test *test = replay_test_new(NULL, options);
    write_files(test, 1, 2);
    replay_test_write(test, "003_x.sql",
                      "CREATE EXTENSION pageinspect;\nCREATE TABLE t3 (id int);\nGRANT SELECT ON t3 TO nobody_at_all;");
    assert_int_equal(replay_test_run(test)->run_count, 3);
    replay_test_findings(test, "FAILED migrations/003_x.sql:1; FAILED migrations/003_x.sql:3");
    assert_int_equal(replay_test_run(test)->run_count, 0);
    talloc_free(test);
}

static void test_server_that_takes_no_database_is_refused(void **state)
{
    struct group *group = *state;
    test_server_execute(group->server, "postgres", "CREATE ROLE poor LOGIN");
    const char *options[] = {scratch_option(group->server, "poor"), NULL};
    struct replay_test *test = group->test;
    struct settings_input input = {.directory = test->project, .options = options};
    struct settings *settings = settings_load(test, &input, test->error);
    assert_null(scratch_open(test, settings, 0, NULL, test->error));
    assert_non_null(strstr(test->error->message, "the setting scratch"));
    assert_non_null(strstr(test->error->hint, "CREATEDB"));
}

static void test_other_major_version_is_noted(void **state)
{
    struct replay_test *test = ((struct group *)*state)->test;
    int major = scratch_server_version(test->scratch) / 10000;
    struct scratch *other = scratch_open(test, test->settings, major + 1, NULL, test->error);
    assert_non_null(strstr(scratch_version_note(other), "differently"));
    talloc_free(other);
    other = scratch_open(test, test->settings, major, NULL, test->error);
    assert_null(scratch_version_note(other));
    talloc_free(other);
}

int main(int count, char **arguments)
{
    if (replay_test_main(count, arguments) >= 0)
        return 0;
    const struct CMUnitTest tests[] = {
        CACHE_TEST(test_second_replay_runs_nothing),
        CACHE_TEST(test_new_file_alone_is_run),
        CACHE_TEST(test_edited_last_file_alone_is_run_anew),
        CACHE_TEST(test_edited_first_file_runs_all),
        CACHE_TEST(test_head_that_says_no_transaction_is_another_state),
        CACHE_TEST(test_other_settings_are_another_state),
        CACHE_TEST(test_fresh_runs_all_and_replaces),
        CACHE_TEST(test_shorter_replay_of_same_files),
        CACHE_TEST(test_script_is_cached_and_findings_too),
        CACHE_TEST(test_state_that_lacked_an_extension_is_made_anew_when_others_can_be_installed),
        CACHE_TEST(test_copy_of_state_is_private),
        CACHE_TEST(test_state_that_is_read_is_not_copied),
        CACHE_TEST(test_replay_beside_a_reader_is_right),
        CACHE_TEST(test_number_of_states_is_bounded_and_held_ones_stay),
        CACHE_TEST(test_held_state_outlives_its_eviction),
        CACHE_TEST(test_other_server_version_forgets_all),
        CACHE_TEST(test_renamed_database_is_not_taken_for_the_state),
        CACHE_TEST(test_spare_is_taken_and_made_again),
        CACHE_TEST(test_ready_copy_of_the_last_state_is_taken),
        CACHE_TEST(test_freed_databases_are_dropped),
        CACHE_TEST(test_database_freed_behind_its_server_does_no_harm),
        CACHE_TEST(test_two_threads_replay_at_once),
        CACHE_TEST(test_two_processes_replay_at_once),
        CACHE_TEST(test_killed_process_leaves_nothing_that_hurts),
        CACHE_TEST(test_cancel_ends_a_replay),
        CACHE_TEST(test_cancel_between_files),
        CACHE_TEST(test_plain_role_with_createdb_serves),
        CACHE_TEST(test_server_that_takes_no_database_is_refused),
        CACHE_TEST(test_other_major_version_is_noted),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
