/* The tab Locks of the screen Migrations, in a pseudo-terminal, against a real server: when it is measured, what it
 * says, how long that is kept. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/deck.h"
#include "tests/lib/terminal.h"

#define CONTROL_C "\003"
#define BEING_MEASURED "It is being measured in scratch"

static struct deck_scene *scene;

static int set_up_group(void **state UNUSED)
{
    scene = deck_scene_start(NULL);
    return 0;
}

static int tear_down_group(void **state UNUSED) { return talloc_free(scene); }

/* 001 and 002 are applied; 003 loses data, 004 makes something. */
static int set_up(void **state UNUSED)
{
    deck_scene_reset(scene);
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes", "-q");
    deck_scene_write(scene, "003_third.sql", "DROP TABLE second;\n");
    deck_scene_write(scene, "004_fourth.sql", "CREATE TABLE fourth (id integer);\n");
    return 0;
}

static struct test_terminal *open_console(const char *scratch)
{
    const char **words = talloc_zero_array(scene, const char *, 5),
               **variables = talloc_zero_array(words, const char *, 3);
    const char *all[] = {"-C", scene->project, "-d", "open"};
    memcpy(words, all, sizeof all);
    variables[0] = "PGDECK_MEASURE=always";
    variables[1] = talloc_asprintf(variables, "PGDECK_SCRATCH=%s", scratch);
    struct test_terminal_options options = {
        .home = scene->home, .arguments = words, .environment = variables, .rows = 40};
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    test_terminal_settle(terminal);
    test_terminal_do(terminal, "2");
    return terminal;
}

/* Scratch databases lie on the test's own server. */
static struct test_terminal *open_usual(void) { return open_console(test_server_conninfo(scene->server, "postgres")); }

static void quit(struct test_terminal *terminal)
{
    test_terminal_type(terminal, "Q");
    assert_int_equal(test_terminal_end(terminal), 0);
    talloc_free(terminal);
}

static void assert_absent(struct test_terminal *terminal, const char *text)
{
    if (test_terminal_shows(terminal, text))
        fail_msg("the screen shows \"%s\"", text);
}

/* The list's row of a version holds a text. */
static void assert_row(struct test_terminal *terminal, const char *version, const char *text)
{
    for (int row = 0; row < terminal->rows; row++) {
        const char *line = test_terminal_row(terminal, row);
        if (!strstr(line, version))
            continue;
        if (!strstr(line, text))
            fail_msg("\"%s\" does not stand in: %s", text, line);
        return;
    }
    fail_msg("there is no row of %s", version);
}

static void test_pending_migration_shows_locks_and_hazards_with_the_safe_way(void **state UNUSED)
{
    struct test_terminal *terminal = open_usual();
    test_terminal_do(terminal, "\t");
    test_terminal_assert(terminal, "Its strongest lock is ACCESS EXCLUSIVE.");
    test_terminal_assert(terminal, "locks     ACCESS EXCLUSIVE: public.second");
    test_terminal_assert(terminal, "drops     table public.second");
    test_terminal_assert(terminal, "data-loss, critical");
    test_terminal_assert(terminal, "instead");
    assert_row(terminal, "pending  003", "AccessExclusive");
    assert_row(terminal, "pending  004", "  -");
    test_terminal_do(terminal, "j");
    test_terminal_assert(terminal, "It locks nothing that is there before it.");
    quit(terminal);
}

static void test_applied_migration_says_that_only_pending_ones_are_measured(void **state UNUSED)
{
    struct test_terminal *terminal = open_usual();
    test_terminal_do(terminal, "g\t");
    test_terminal_assert(terminal, "Only pending migrations are measured; this one is applied.");
    assert_absent(terminal, "AccessExclusive");
    quit(terminal);
}

static void test_nothing_is_measured_before_the_tab_is_looked_at(void **state UNUSED)
{
    deck_scene_write(scene, "004_fourth.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    struct test_terminal *terminal = open_usual();
    test_terminal_do(terminal, "jk"); /* idle: a measurement would sleep */
    assert_absent(terminal, "measuring");
    quit(terminal);
}

static void test_keys_are_answered_while_it_is_measured_and_control_c_cancels(void **state UNUSED)
{
    deck_scene_write(scene, "004_fourth.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    struct test_terminal *terminal = open_usual();
    test_terminal_type(terminal, "\t");
    test_terminal_wait(terminal, "[2/2] 004_fourth.sql");
    test_terminal_assert(terminal, BEING_MEASURED);
    test_terminal_type(terminal, "\r");
    test_terminal_wait(terminal, "It is still being measured.");
    test_terminal_type(terminal, "g");
    test_terminal_wait(terminal, "this one is applied");
    test_terminal_type(terminal, "G");
    test_terminal_wait(terminal, BEING_MEASURED);
    test_terminal_type(terminal, CONTROL_C);
    test_terminal_settle(terminal);
    test_terminal_assert(terminal, "Not measured: it was cancelled. r measures it.");
    quit(terminal);
}

static void test_quitting_while_it_is_measured_ends_what_was_tried_out(void **state UNUSED)
{
    deck_scene_write(scene, "004_fourth.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    struct test_terminal *terminal = open_usual();
    test_terminal_type(terminal, "\t");
    test_terminal_wait(terminal, "[2/2] 004_fourth.sql");
    quit(terminal);
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND "
                                                  "pid <> pg_backend_pid() AND query LIKE '%%pg_sleep%%'"),
                     0);
}

static void test_what_was_measured_is_kept_until_a_file_changes(void **state UNUSED)
{
    struct test_terminal *terminal = open_usual();
    test_terminal_do(terminal, "\t");
    test_terminal_do(terminal, "1");
    test_terminal_do(terminal, "r"); /* not in Migrations: only reads */
    test_terminal_do(terminal, "2");
    assert_row(terminal, "pending  003", "AccessExclusive");
    deck_scene_write(scene, "003_third.sql", "CREATE INDEX ON second (id);\n");
    test_terminal_do(terminal, "1");
    test_terminal_do(terminal, "r");
    test_terminal_do(terminal, "2");
    test_terminal_assert(terminal, "Its strongest lock is SHARE.");
    quit(terminal);
}

static void test_r_measures_again_what_was_cancelled(void **state UNUSED)
{
    deck_scene_write(scene, "004_fourth.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    struct test_terminal *terminal = open_usual();
    test_terminal_type(terminal, "\t");
    test_terminal_wait(terminal, "[2/2] 004_fourth.sql");
    test_terminal_do(terminal, CONTROL_C);
    deck_scene_write(scene, "004_fourth.sql", "SELECT 1;\n");
    test_terminal_do(terminal, "r");
    test_terminal_assert(terminal, "Its strongest lock is ACCESS EXCLUSIVE.");
    quit(terminal);
}

static void test_scratch_that_cannot_be_opened_is_told_as_the_reason(void **state UNUSED)
{
    struct test_terminal *terminal = open_console("host=/nowhere dbname=x");
    test_terminal_do(terminal, "\t");
    test_terminal_assert(terminal, "Nothing could be measured: ");
    test_terminal_assert(terminal, "/nowhere");
    quit(terminal);
}

static void test_plan_that_is_refused_is_told_as_the_reason(void **state UNUSED)
{
    deck_scene_write(scene, "001_first.sql", "CREATE TABLE other (id integer);\n");
    struct test_terminal *terminal = open_usual();
    test_terminal_do(terminal, "G\t");
    test_terminal_assert(terminal, "unknown");
    test_terminal_assert(terminal, "migration 001 was changed after it");
    quit(terminal);
}

static void test_hostile_names_never_reach_the_terminal(void **state UNUSED)
{
    deck_scene_write(scene, "003_third.sql",
                     "ALTER TABLE second RENAME TO \"\033]0;PWNED\007\302\233\";\n"
                     "DO $$ BEGIN RAISE EXCEPTION '%', E'e\\x1b]0;PWNED\\x07\\u202e'; END $$;\n");
    struct test_terminal *terminal = open_usual();
    test_terminal_do(terminal, "\t");
    test_terminal_assert(terminal, "\\x1B]0;PWNED\\x07");
    test_terminal_do(terminal, "\r");
    assert_null(memmem(terminal->received, terminal->received_bytes, "\033]0;", 4));
    assert_null(memmem(terminal->received, terminal->received_bytes, "\302\233", 2));
    assert_null(memmem(terminal->received, terminal->received_bytes, "\342\200\256", 3));
    test_terminal_do(terminal, "q");
    quit(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_pending_migration_shows_locks_and_hazards_with_the_safe_way, set_up),
        cmocka_unit_test_setup(test_applied_migration_says_that_only_pending_ones_are_measured, set_up),
        cmocka_unit_test_setup(test_nothing_is_measured_before_the_tab_is_looked_at, set_up),
        cmocka_unit_test_setup(test_keys_are_answered_while_it_is_measured_and_control_c_cancels, set_up),
        cmocka_unit_test_setup(test_quitting_while_it_is_measured_ends_what_was_tried_out, set_up),
        cmocka_unit_test_setup(test_what_was_measured_is_kept_until_a_file_changes, set_up),
        cmocka_unit_test_setup(test_r_measures_again_what_was_cancelled, set_up),
        cmocka_unit_test_setup(test_scratch_that_cannot_be_opened_is_told_as_the_reason, set_up),
        cmocka_unit_test_setup(test_plan_that_is_refused_is_told_as_the_reason, set_up),
        cmocka_unit_test_setup(test_hostile_names_never_reach_the_terminal, set_up),
    };
    return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
