/* Every failure ends in a card: what happened, where, who was involved, what stands now, the safe next step. What is
 * said to stand is held against what does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/deck.h"

static struct deck_scene *scene;

static int start(void **state)
{
    *state = talloc_new(NULL);
    scene = deck_scene_start(*state);
    deck_scene_reset(scene);
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes", "-q");
    oracle_execute(scene->oracle, "CREATE TABLE sorted (id integer PRIMARY KEY, name text);"
                                  "INSERT INTO sorted VALUES (1, NULL), (2, 'x'), (3, 'x');"
                                  "CREATE TABLE child (id integer REFERENCES sorted); CREATE TYPE mood AS ENUM ('a');"
                                  "CREATE FUNCTION nap(seconds float) RETURNS void LANGUAGE plpgsql AS"
                                  " 'BEGIN PERFORM pg_catalog.pg_sleep(seconds); END'");
    return 0;
}

static int stop(void **state)
{
    json_decref(scene->document);
    talloc_free(*state);
    return 0;
}

/* Behind "CREATE TABLE beside ();" in line 1: `statement` is in line 2. */
static const struct {
    const char *what, *statement;
    int status;
    const char *sqlstate;
    const char *hint; /* words of it */
} failures[] = {
    {"a syntax error", "ALTR TABLE sorted ADD x int", 5, "42601", "mend it"},
    {"a table that is not there", "ALTER TABLE nowhere ADD x int", 5, "42P01", "pgdeck diff migrations live"},
    {"a column that is not there", "UPDATE sorted SET nothing = 1", 5, "42703", "pgdeck diff migrations live"},
    {"a function that is not there", "SELECT nothing()", 5, "42883", "pgdeck diff migrations live"},
    {"a type that is not there", "ALTER TABLE sorted ADD x nothing", 5, "42704", "pgdeck diff migrations live"},
    {"a schema that is not there", "CREATE TABLE nowhere.x ()", 5, "3F000", "pgdeck diff migrations live"},
    {"a table that is there", "CREATE TABLE sorted ()", 5, "42P07", "pgdeck mark"},
    {"a column that is there", "ALTER TABLE sorted ADD name text", 5, "42701", "pgdeck mark"},
    {"a type that is there", "CREATE TYPE mood AS ENUM ()", 5, "42710", "pgdeck mark"},
    {"NULLs in the way", "ALTER TABLE sorted ALTER name SET NOT NULL", 5, "23502", "Rows that are there"},
    {"doubles in the way", "CREATE UNIQUE INDEX ON sorted (name)", 5, "23505", "double"},
    {"a CHECK that rows break", "ALTER TABLE sorted ADD CHECK (id > 1)", 5, "23514", "break the condition"},
    {"a foreign key that rows break", "INSERT INTO child VALUES (9)", 5, "23503", "refer to nothing"},
    {"a key that fails at COMMIT",
     "CREATE TABLE d (id int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO d VALUES (1), (1)", 5, "23505",
     "double"},
    {"what others depend on", "DROP TABLE sorted", 5, "2BP01", "CASCADE"},
    {"a value of another type", "INSERT INTO sorted VALUES ('x')", 5, "22P02", "none of its type"},
    {"a label used at once", "ALTER TYPE mood ADD VALUE 'b'; SELECT 'b'::mood", 5, "55P04", "next migration"},
    {"a division by zero", "SELECT 1 / 0", 5, "22012", "Mend what failed."},
    {"an exception of its own", "DO $$BEGIN RAISE EXCEPTION 'no' USING HINT = 'Ask Ana.'; END$$", 5, "P0001",
     "Ask Ana. Mend what failed. Then run `pgdeck apply` again."},
    {"a block that commits", "DO $$BEGIN COMMIT; END$$", 5, "2D000", "no-transaction"},
    {"a statement timeout of its own", "SET statement_timeout = 20; SELECT nap(9)", 5, "57014",
     "statement-timeout 10min"},
    {"a server that turns read-only", "SELECT set_config('transaction_read_only', 'on', true); CREATE TABLE x ()", 4,
     "25006", "primary"},
    {"too many columns",
     "DO $$BEGIN EXECUTE 'CREATE TABLE x (' || (SELECT string_agg('c' || i || ' int', ',') FROM"
     " generate_series(1, 1700) i) || ')'; END$$",
     5, "54011", "limit of the server"},
    {"its own end", "SELECT pg_terminate_backend(pg_backend_pid())", 3, "57P01", "Wait until the server answers"},
    {"a ledger of its own", "DELETE FROM schema_migrations", 4, NULL, "Ledger and journal are pgdeck's"},
    {"a journal of its own", "DELETE FROM schema_migration_events", 4, NULL, "Ledger and journal are pgdeck's"},
    {"a lost migration lock",
     "SELECT pg_terminate_backend(pid), nap(0.1) FROM pg_stat_activity WHERE application_name LIKE 'pgdeck:%:lock'", 4,
     NULL, "The connection that holds the migration lock was ended"},
};

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}

static void check_card(const char *what, const char *stands, const char *hint)
{
    const char *said = deck_scene_text(scene, "error.stands"), *next = deck_scene_text(scene, "error.hint");
    if (!said || strncmp(said, stands, strlen(stands)) != 0)
        fail_msg("%s: stands: %s", what, said ? said : "nothing is said");
    if (!next || !strstr(next, hint) || count_of(next, "`pgdeck apply`") > 1 || next[strlen(next) - 1] != '.')
        fail_msg("%s: hint: %s", what, next ? next : "there is none");
    if (!strstr(next, "pgdeck"))
        fail_msg("%s: no command to run next: %s", what, next);
}

static void check_failure(size_t number)
{
    const char *what = failures[number].what;
    deck_scene_write(scene, "003_third.sql",
                     talloc_asprintf(scene, "CREATE TABLE beside ();\n%s;\n", failures[number].statement));
    deck_scene_start_program(scene, NULL,
                             (const char *const[]){"-d", "open", "--json", "apply", "--confirm", DECK_DATABASE, NULL});
    program_wait(scene->program, DECK_PATIENCE_MS);
    if (scene->program->exit_status != failures[number].status)
        fail_msg("%s: exit %d: %s%s", what, scene->program->exit_status, scene->program->out, scene->program->err);
    deck_scene_finish(scene, failures[number].status);
    check_card(what, "nothing of 003 stands, and the ledger has no row of it", failures[number].hint);
    if (failures[number].sqlstate)
        assert_string_equal(deck_scene_text(scene, "error.sqlstate"), failures[number].sqlstate);
    if (!deck_scene_value(scene, "error.file"))
        fail_msg("%s: no place: %s", what, scene->program->out);
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('beside') IS NULL AND NOT EXISTS"
                                           " (SELECT FROM schema_migrations WHERE version = '003')"
                                           " AND (SELECT count(*) = 2 FROM schema_migrations)"));
}

static void test_failed_file_says_what_happened_what_stands_and_what_to_do(void **state UNUSED)
{
    for (size_t i = 0; i < countof(failures); i++)
        check_failure(i);
    oracle_wait_gone(scene->oracle, DECK_PATIENCE_MS);
}

/* Behind "CREATE TABLE beside ();" of a file outside a transaction. */
static const struct {
    const char *what, *statement;
    const char *stands, *hint;
} stepwise[] = {
    {"a statement that fails", "SELECT 1 / 0",
     "of 003: statement 1 stands; nothing of statement 2; the ledger has no row of it",
     "Mend what failed. Then run `pgdeck apply` again: it goes on where it stopped"},
    {"an index that cannot be built", "CREATE UNIQUE INDEX CONCURRENTLY i ON sorted (name)",
     "of 003: statement 1 stands; index public.i is invalid of statement 2", "The next apply drops it"},
    {"a timeout", "SET statement_timeout = 20; SELECT nap(9)",
     "of 003: statements 1 to 2 stand; nothing of statement 3", "statement-timeout 10min"},
    {"a lost connection", "SELECT pg_terminate_backend(pg_backend_pid())",
     "of 003: statement 1 stands; nothing of statement 2", "Wait until the server answers"},
    {"a table that is not there", "SET pgdeck.x = 1; VACUUM nowhere",
     "of 003: statements 1 to 2 stand; nothing of statement 3", "pgdeck diff migrations live"},
    {"a lost migration lock",
     "SELECT pg_terminate_backend(pid), nap(0.1) FROM pg_stat_activity WHERE application_name LIKE 'pgdeck:%:lock'",
     "of 003: statement 1 stands; nothing of statement 2", "The connection that holds the migration lock was ended"},
    {"a ledger of its own", "DELETE FROM schema_migrations", "of 003: statement 1 stands; nothing of statement 2",
     "The ledger is pgdeck's"},
};

static void check_stepwise(size_t number)
{
    const char *what = stepwise[number].what;
    oracle_execute(scene->oracle,
                   "DROP TABLE IF EXISTS beside; DROP INDEX IF EXISTS i; TRUNCATE schema_migration_events");
    deck_scene_write(scene, "003_third.sql",
                     talloc_asprintf(scene, "-- pgdeck: no-transaction\nCREATE TABLE beside ();\n%s;\n",
                                     stepwise[number].statement));
    deck_scene_start_program(scene, NULL,
                             (const char *const[]){"-d", "open", "--json", "apply", "--confirm", DECK_DATABASE, NULL});
    program_wait(scene->program, DECK_PATIENCE_MS);
    if (scene->program->exit_status != 6)
        fail_msg("%s: exit %d: %s%s", what, scene->program->exit_status, scene->program->out, scene->program->err);
    deck_scene_finish(scene, 6);
    check_card(what, stepwise[number].stands, stepwise[number].hint);
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('beside') IS NOT NULL AND NOT EXISTS"
                                           " (SELECT FROM schema_migrations WHERE version = '003')"));
}

static void test_stopped_file_says_which_statements_stand(void **state UNUSED)
{
    for (size_t i = 0; i < countof(stepwise); i++)
        check_stepwise(i);
    oracle_execute(scene->oracle,
                   "DROP TABLE IF EXISTS beside; DROP INDEX IF EXISTS i; TRUNCATE schema_migration_events");
}

static void test_what_was_applied_before_the_failure_is_named(void **state UNUSED)
{
    deck_scene_write(scene, "003_third.sql", "SELECT 1;\n");
    deck_scene_write(scene, "004_fourth.sql", "SELECT 1 / 0;\n");
    DECK_RUN(scene, 5, "-d", "open", "--json", "apply", "--yes");
    assert_string_equal(
        deck_scene_text(scene, "error.stands"),
        "nothing of 004 stands, and the ledger has no row of it; applied before it, and they stay: 003");
    DECK_RUN(scene, 5, "-d", "open", "apply", "--yes", "--dry-run");
    assert_non_null(strstr(scene->program->err,
                           "stands: nothing was changed: a dry run is rolled back\nhint: Mend what failed. Then run "
                           "`pgdeck apply --dry-run` again.\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failed_file_says_what_happened_what_stands_and_what_to_do),
        cmocka_unit_test(test_stopped_file_says_which_statements_stand),
        cmocka_unit_test(test_what_was_applied_before_the_failure_is_named),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
