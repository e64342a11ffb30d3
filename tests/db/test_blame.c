/* Which file and statement a difference is blamed on. On the private scratch cluster; the memo of one test is not
 * another's, for each has a project, and so keys, of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/blame.h"
#include "tests/lib/replay.h"

/* A file with the project's name in it: what one test has found is not known to another. */
static void write_file(struct replay_test *test, const char *name, const char *text)
{
    replay_test_write(test, name, talloc_asprintf(test, "%s\n-- %s\n", text, test->project));
}

static struct snapshot *snapshot_of(struct replay_test *test)
{
    const struct snapshot_options options = {.settings = test->settings};
    struct connection *connection = scratch_connect(test, test->replay->database, SCRATCH_OWNER, NULL, test->error);
    struct snapshot *snapshot = connection ? snapshot_take(test, connection, &options, test->error) : NULL;
    if (!snapshot)
        fail_msg("%s", test->error->message);
    talloc_free(connection);
    return snapshot;
}

static void fill(struct replay_test *test, struct diff *diff, enum blame_side side)
{
    const struct replay_options options = {.cache = REPLAY_CACHED};
    if (!blame_fill(diff, side, test->scratch, test->directory, test->settings, &options, test->error))
        fail_msg("%s (%s:%d)", test->error->message, test->error->file, test->error->line);
}

/* The diff from the project's migrations to a script, with its blame. */
static struct diff *diff_to(struct replay_test *test, const char *script)
{
    const struct diff_options options = {.privileges = PRIVILEGES_COMPARED};
    replay_test_run(test);
    struct snapshot *from = snapshot_of(test);
    replay_test_script(test, script);
    struct snapshot *to = snapshot_of(test);
    struct diff *diff = diff_make(test, from, to, &options);
    fill(test, diff, BLAME_FROM);
    return diff;
}

/* Of the change of that object and attribute (NULL: create, drop). */
static const char *blame_of(const struct diff *diff, const char *name, const char *attribute)
{
    for (size_t i = 0; i < diff->change_count; i++) {
        const struct change *change = &diff->changes[i];
        if (!strcmp(change->name, name) &&
            !strcmp(change->attribute ? change->attribute : "", attribute ? attribute : ""))
            return change->blame ? change->blame : "nobody";
    }
    return "no such change";
}

static void test_last_statement_that_set_it_is_blamed(void **state)
{
    struct replay_test *test = *state;
    write_file(test, "001_a.sql", "CREATE TABLE t (id int, x text DEFAULT 'a');\nCREATE TABLE other (id int);");
    write_file(test, "002_b.sql",
               "CREATE TABLE more (id int);\n\nALTER TABLE t ALTER x SET DEFAULT 'b';\n"
               "ALTER TABLE t ALTER id TYPE bigint;\nALTER TABLE t ALTER x SET DEFAULT 'c';");
    write_file(test, "003_c.sql", "CREATE VIEW v AS SELECT 1 AS one;\nALTER TABLE t ALTER id SET NOT NULL;");
    struct diff *diff = diff_to(test, "CREATE TABLE t (id int, x text);\nCREATE TABLE other (id text);");
    assert_string_equal(blame_of(diff, "public.t.x", "default"), "migrations/002_b.sql:5");
    assert_string_equal(blame_of(diff, "public.t.id", "type"), "migrations/002_b.sql:4");
    assert_string_equal(blame_of(diff, "public.other.id", "type"), "migrations/001_a.sql:2");
    assert_string_equal(blame_of(diff, "public.v", NULL), "migrations/003_c.sql:1");
    assert_string_equal(blame_of(diff, "public.more", NULL), "migrations/002_b.sql:1");
}

static void test_what_execute_and_cascade_did_is_blamed_on_them(void **state)
{
    struct replay_test *test = *state;
    write_file(test, "001_a.sql", "CREATE TABLE t (id int);\nCREATE VIEW v AS SELECT id FROM t;");
    write_file(test, "002_b.sql", "SELECT 1;\nDO $$ BEGIN EXECUTE 'ALTER TABLE t ADD y int'; END $$;");
    write_file(test, "003_c.sql", "SELECT 1;\nSELECT 2;\nALTER TABLE t DROP id CASCADE;");
    struct diff *diff = diff_to(test, "CREATE TABLE t (id int);\nCREATE VIEW v AS SELECT id FROM t;");
    assert_string_equal(blame_of(diff, "public.t.y", NULL), "migrations/002_b.sql:2");
    assert_string_equal(blame_of(diff, "public.v", NULL), "migrations/003_c.sql:3");
    assert_string_equal(blame_of(diff, "public.t.id", NULL), "migrations/003_c.sql:3");
}

static void test_what_migrations_never_had_is_blamed_on_nobody(void **state)
{
    struct replay_test *test = *state;
    write_file(test, "001_a.sql", "CREATE TABLE t (id int);");
    struct diff *diff = diff_to(test, "CREATE TABLE t (id int);\nCREATE TABLE u (id int);");
    assert_string_equal(blame_of(diff, "public.u", NULL), "nobody");
}

static void test_comments_and_grants_are_facts(void **state)
{
    struct replay_test *test = *state;
    write_file(test, "001_a.sql",
               "CREATE TABLE t (id int);\nCOMMENT ON TABLE t IS 'one';\nCOMMENT ON COLUMN t.id IS 'a';");
    write_file(test, "002_b.sql", "GRANT SELECT ON t TO reader;\nCOMMENT ON TABLE t IS 'two';");
    struct diff *diff = diff_to(test, "CREATE TABLE t (id int);");
    assert_string_equal(blame_of(diff, "public.t", "comment"), "migrations/002_b.sql:2");
    assert_string_equal(blame_of(diff, "public.t.id", "comment"), "migrations/001_a.sql:3");
    size_t grants = 0;
    for (size_t i = 0; i < diff->change_count; i++)
        if (!strcmp(diff->changes[i].kind->name, "grant")) {
            assert_string_equal(diff->changes[i].blame, "migrations/002_b.sql:1");
            grants++;
        }
    assert_int_equal(grants, 1);
}

static void test_statement_outside_transaction_is_blamed(void **state)
{
    struct replay_test *test = *state;
    write_file(test, "001_a.sql", "CREATE TABLE t (id int);");
    write_file(test, "002_b.sql",
               "-- pgdeck: no-transaction\nCREATE INDEX CONCURRENTLY i ON t (id);\nBEGIN;\n"
               "CREATE TABLE u (id int);\nALTER TABLE u ADD x int;\nCOMMIT;");
    struct diff *diff = diff_to(test, "CREATE TABLE t (id int);\nCREATE TABLE u (id int, x text);");
    assert_string_equal(blame_of(diff, "public.i", NULL), "migrations/002_b.sql:2");
    assert_string_equal(blame_of(diff, "public.u.x", "type"), "migrations/002_b.sql:5");
}

static void test_other_side_may_be_the_migrations(void **state)
{
    struct replay_test *test = *state;
    const struct diff_options options = {.privileges = PRIVILEGES_LEFT_OUT};
    write_file(test, "001_a.sql", "CREATE TABLE t (id int);");
    write_file(test, "002_b.sql", "ALTER TABLE t ADD x int;");
    replay_test_script(test, "CREATE TABLE t (id int);");
    struct snapshot *from = snapshot_of(test);
    replay_test_run(test);
    struct diff *diff = diff_make(test, from, snapshot_of(test), &options);
    fill(test, diff, BLAME_TO);
    assert_string_equal(blame_of(diff, "public.t.x", NULL), "migrations/002_b.sql:1");
}

/* A value that was set, changed and set again is blamed on the last one, whatever the cache has. */
static void test_answer_does_not_hang_on_the_cache(void **state)
{
    struct replay_test *test = *state;
    write_file(test, "001_a.sql", "CREATE TABLE t (id int DEFAULT 1);");
    for (int i = 2; i <= 7; i++)
        write_file(test, talloc_asprintf(test, "%03d_x.sql", i),
                   talloc_asprintf(test, "CREATE TABLE x%d (id int);", i));
    write_file(test, "003_x.sql", "ALTER TABLE t ALTER id SET DEFAULT 2;");
    write_file(test, "004_x.sql", "CREATE TABLE x4 (id int);\nALTER TABLE t ALTER id SET DEFAULT 1;");
    const char *script = "CREATE TABLE t (id int);";
    struct diff *diff = diff_to(test, script);
    assert_string_equal(blame_of(diff, "public.t.id", "default"), "migrations/004_x.sql:2");
    write_file(test, "008_x.sql", "CREATE TABLE x8 (id int);"); /* only this one is new to the memo */
    diff = diff_to(test, script);
    assert_string_equal(blame_of(diff, "public.t.id", "default"), "migrations/004_x.sql:2");
    assert_string_equal(blame_of(diff, "public.x8", NULL), "migrations/008_x.sql:1");
    write_file(test, "008_x.sql", "ALTER TABLE t ALTER id SET DEFAULT 3;");
    diff = diff_to(test, script);
    assert_string_equal(blame_of(diff, "public.t.id", "default"), "migrations/008_x.sql:1");
}

struct heard {
    size_t files;
};

static void count_files(void *listener, size_t done UNUSED, size_t total UNUSED, const char *name UNUSED)
{
    ((struct heard *)listener)->files++;
}

static void test_what_was_found_is_remembered(void **state)
{
    struct replay_test *test = *state;
    struct heard heard = {0};
    const struct replay_options options = {.cache = REPLAY_CACHED, .on_progress = count_files, .listener = &heard};
    for (int i = 1; i <= 6; i++)
        write_file(test, talloc_asprintf(test, "%03d_x.sql", i),
                   talloc_asprintf(test, "CREATE TABLE x%d (id int);", i));
    struct diff *diff = diff_to(test, "SELECT 1;");
    for (size_t i = 0; i < diff->change_count; i++)
        diff->changes[i].blame = NULL;
    assert_true(blame_fill(diff, BLAME_FROM, test->scratch, test->directory, test->settings, &options, test->error));
    assert_int_equal(heard.files, 0);
    assert_string_equal(blame_of(diff, "public.x3", NULL), "migrations/003_x.sql:1");
}

static void test_cancel_ends_the_search(void **state)
{
    struct replay_test *test = *state;
    write_file(test, "001_a.sql", "CREATE TABLE t (id int);");
    replay_test_run(test);
    struct snapshot *from = snapshot_of(test);
    struct diff *diff = diff_make(test, from, snapshot_empty(test, from->server_version), &(struct diff_options){0});
    struct cancel *cancel = cancel_new(test);
    const struct replay_options options = {.cancel = cancel};
    cancel_request(cancel, 0);
    assert_false(blame_fill(diff, BLAME_FROM, test->scratch, test->directory, test->settings, &options, test->error));
    assert_int_equal(test->error->code, ERROR_CANCELLED);
}

int main(int count, char **arguments)
{
    if (replay_test_main(count, arguments) >= 0)
        return 0;
    const struct CMUnitTest tests[] = {
        REPLAY_TEST(test_last_statement_that_set_it_is_blamed),
        REPLAY_TEST(test_what_execute_and_cascade_did_is_blamed_on_them),
        REPLAY_TEST(test_what_migrations_never_had_is_blamed_on_nobody),
        REPLAY_TEST(test_comments_and_grants_are_facts),
        REPLAY_TEST(test_statement_outside_transaction_is_blamed),
        REPLAY_TEST(test_other_side_may_be_the_migrations),
        REPLAY_TEST(test_answer_does_not_hang_on_the_cache),
        REPLAY_TEST(test_what_was_found_is_remembered),
        REPLAY_TEST(test_cancel_ends_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
