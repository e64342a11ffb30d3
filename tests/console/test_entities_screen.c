/* The Entities screen, in a pseudo-terminal, against a real server: what is listed, how rows are gone through, where
 * relationships lead, what is changed and what is not. What stands in the database is asked of another connection. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>

#include "tests/lib/deck.h"
#include "tests/lib/terminal.h"

#define ESCAPE "\033"
#define CONTROL_C "\003"
#define PAGE_DOWN "\006"
#define PAGE_UP "\002"

enum { CURSOR_MOVE_BYTES = 200, MANY = 4000, ROWS = 5000 };

static struct deck_scene *scene;

static int set_up_group(void **state UNUSED)
{
    scene = deck_scene_start(NULL);
    return 0;
}

static int tear_down_group(void **state UNUSED) { return talloc_free(scene); }

static const char tables[] =
    "CREATE TABLE owner (id integer PRIMARY KEY, name text NOT NULL, born date);"
    "COMMENT ON TABLE owner IS 'keepers of animals'; COMMENT ON COLUMN owner.born IS 'as the passport says';"
    "CREATE TABLE pet (id bigint PRIMARY KEY, owner_id integer REFERENCES owner, name text NOT NULL,"
    "  weight numeric(8,2), note text, is_deleted boolean NOT NULL DEFAULT false);"
    "CREATE INDEX ON pet (weight);"
    "INSERT INTO owner SELECT i, 'owner ' || i, CASE WHEN i % 2 = 0 THEN date '2000-01-01' + i END"
    "  FROM generate_series(1, 20) AS i;"
    "INSERT INTO pet SELECT i, CASE WHEN i % 10 <> 0 THEN i % 20 + 1 END, 'pet ' || i, i % 100 + 0.25,"
    "  CASE WHEN i % 2 = 0 THEN 'note ' || i END, i % 1000 = 7 FROM generate_series(1, 5000) AS i;"
    "ANALYZE;";

static int set_up(void **state UNUSED)
{
    deck_scene_reset(scene);
    oracle_execute(scene->oracle, "%s", tables);
    return 0;
}

/* ---- opening ---- */

static struct test_terminal *open_sized(const char *target, int rows, int columns)
{
    const char **words = talloc_zero_array(scene, const char *, 5);
    const char *all[] = {"-C", scene->project, "-d", target};
    memcpy(words, all, sizeof all);
    struct test_terminal_options options = {.home = scene->home, .arguments = words, .rows = rows, .columns = columns};
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    test_terminal_settle(terminal);
    return terminal;
}

static struct test_terminal *open_console(void) { return open_sized("open", 24, 80); }

/* The rows of an entity, by its name. */
static struct test_terminal *open_rows(const char *entity)
{
    struct test_terminal *terminal = open_console();
    test_terminal_do(terminal, "3");
    test_terminal_do(terminal, talloc_asprintf(scene, "/%s\r", entity));
    test_terminal_do(terminal, "\r");
    return terminal;
}

static void quit(struct test_terminal *terminal)
{
    test_terminal_type(terminal, "Q");
    assert_int_equal(test_terminal_end(terminal), 0);
    assert_false(terminal->is_alternate);
    talloc_free(terminal);
}

/* The row of the screen that holds a text; fails where none does. */
static int row_of(struct test_terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++)
        if (strstr(test_terminal_row(terminal, row), text))
            return row;
    test_terminal_assert(terminal, text);
    return -1;
}

static void assert_row(struct test_terminal *terminal, const char *text, const char *also)
{
    const char *row = test_terminal_row(terminal, row_of(terminal, text));
    if (!strstr(row, also))
        fail_msg("\"%s\" does not stand in: %s", also, row);
}

/* The row under the cursor. */
static void assert_here(struct test_terminal *terminal, const char *text)
{
    for (int row = 0; row < terminal->rows; row++) {
        const char *shown = test_terminal_row(terminal, row);
        if (*shown != '>')
            continue;
        if (!strstr(shown, text))
            fail_msg("\"%s\" does not stand in: %s", text, shown);
        return;
    }
    fail_msg("there is no row under the cursor for \"%s\"", text);
}

static void assert_absent(struct test_terminal *terminal, const char *text)
{
    if (test_terminal_shows(terminal, text))
        fail_msg("the screen shows \"%s\"", text);
}

static void test_entities_are_listed_with_what_is_known_of_them(void **state UNUSED)
{
    struct test_terminal *terminal = open_console();
    test_terminal_do(terminal, "3");
    test_terminal_assert(terminal, "2 entities");
    test_terminal_assert(terminal, "ROWS~");
    assert_row(terminal, "> owner", "~20");
    assert_row(terminal, "> owner", "kB");
    assert_row(terminal, "> owner", "keepers of animals");
    assert_row(terminal, "  pet  ", "~5.0k");
    test_terminal_assert(terminal, "public.owner  table, 3 columns"); /* the pane */
    test_terminal_assert(terminal, "as the passport says");
    test_terminal_do(terminal, "j");
    test_terminal_assert(terminal, "rows are removed softly, by is_deleted");
    quit(terminal);
}

static void test_thousands_of_tables_are_listed_by_one_query(void **state UNUSED)
{
    oracle_execute(scene->oracle,
                   "DO $$ BEGIN FOR i IN 1..%d LOOP EXECUTE format('CREATE TABLE a_table_with_a_long_name_%%s ()', i); "
                   "IF i %% 500 = 0 THEN COMMIT; END IF; END LOOP; END $$",
                   MANY);
    struct test_terminal *terminal = open_console();
    test_terminal_do(terminal, "3");
    test_terminal_assert(terminal, "4002 entities");
    test_terminal_do(terminal, "G");
    test_terminal_assert(terminal, "4002 of 4002");
    size_t before = terminal->received_bytes;
    test_terminal_type(terminal, "k");
    test_terminal_wait(terminal, "4001 of 4002");
    assert_in_range(terminal->received_bytes - before, 1, 2 * CURSOR_MOVE_BYTES); /* with the test's own title */
    test_terminal_do(terminal, "/_3999\r");
    test_terminal_assert(terminal, "1 of 1 (of 4002)");
    quit(terminal);
}

/* ---- going through rows ---- */

static void test_rows_are_paged_to_the_end_and_back(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_assert(terminal, "Entities › /pet › pet");
    test_terminal_assert(terminal, "row 1 of ~5.0k");
    int pages = 0;
    for (; !test_terminal_shows(terminal, "row 4995 of 4995") && pages < 400; pages++)
        test_terminal_do(terminal, PAGE_DOWN);
    test_terminal_assert(terminal, "row 4995 of 4995"); /* five are soft-deleted */
    assert_here(terminal, "pet 5000");
    for (int i = 0; !test_terminal_shows(terminal, "row 1 of ") && i < 400; i++)
        test_terminal_do(terminal, PAGE_UP);
    assert_here(terminal, "pet 1 ");
    quit(terminal);
}

static void test_end_is_reached_at_once(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "G");
    assert_here(terminal, "pet 5000");
    test_terminal_assert(terminal, "last row of ~5.0k");
    test_terminal_do(terminal, "kkk");
    test_terminal_assert(terminal, "3 before the last");
    test_terminal_do(terminal, "g");
    assert_here(terminal, "pet 1 ");
    quit(terminal);
}

static void test_rows_are_sorted_by_the_column_under_the_cursor(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "llls");
    test_terminal_assert(terminal, "weight▲");
    assert_here(terminal, "pet 100 "); /* 0.25, the lowest key of them */
    test_terminal_do(terminal, "S");
    test_terminal_assert(terminal, "weight▼");
    assert_here(terminal, "99.25");
    for (int i = 0; i < 20; i++)
        test_terminal_do(terminal, PAGE_DOWN);
    test_terminal_do(terminal, "G");
    assert_here(terminal, "pet 100 ");
    test_terminal_do(terminal, "s"); /* once more: by the key */
    test_terminal_assert(terminal, "id▲");
    assert_here(terminal, "pet 1 ");
    quit(terminal);
}

static void test_unindexed_sort_is_announced_before_it_runs(void **state UNUSED)
{
    oracle_execute(scene->oracle, "CREATE TABLE log (id integer PRIMARY KEY, word text); INSERT INTO log SELECT i, "
                                  "md5(i::text) FROM generate_series(1, 20000) AS i; ANALYZE log");
    struct test_terminal *terminal = open_rows("log");
    test_terminal_do(terminal, "ls");
    test_terminal_assert(terminal, "No index begins with word: the server sorts all of ~20k rows");
    test_terminal_do(terminal, "\r");
    test_terminal_assert(terminal, "id▲");
    test_terminal_do(terminal, "sy");
    test_terminal_assert(terminal, "word▲");
    assert_here(terminal, "0003");
    quit(terminal);
}

static void test_rows_are_filtered_on_the_line(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "/owner_id = 3 && weight >= 80\r");
    test_terminal_assert(terminal, "› pet  /owner_id = 3 && weight >= 80");
    assert_here(terminal, "82.25");
    test_terminal_do(terminal, "/\025note is null\r");
    assert_here(terminal, "(null)");
    test_terminal_do(terminal, "/\025nonsense = 1\r");
    test_terminal_assert(terminal, "has no column \"nonsense\"");
    test_terminal_assert(terminal, "/note is null"); /* what was shown stays */
    test_terminal_do(terminal, "/\025owner_id = many\r");
    test_terminal_assert(terminal, "\"many\"");
    test_terminal_do(terminal, "j");
    test_terminal_assert(terminal, "row 2 of");
    test_terminal_do(terminal, "/\025name = nobody\r");
    test_terminal_assert(terminal, "No row is like that.");
    test_terminal_do(terminal, ESCAPE);
    test_terminal_assert(terminal, "row 1 of ~5.0k");
    quit(terminal);
}

static void test_soft_deleted_rows_are_hidden_until_asked_for(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "/id = 7\r");
    test_terminal_assert(terminal, "No row is like that. H shows soft-deleted ones, too.");
    test_terminal_do(terminal, "H");
    test_terminal_assert(terminal, "with deleted");
    assert_here(terminal, "pet 7");
    quit(terminal);
}

static void test_refresh_reads_again_and_keeps_the_cursor(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    for (int i = 0; i < 30; i++)
        test_terminal_do(terminal, PAGE_DOWN);
    const char *before = talloc_strdup(scene, test_terminal_row(terminal, row_of(terminal, ">")));
    long here = strtol(strchr(before, '>') + 1, NULL, 10);
    oracle_execute(scene->oracle, "DELETE FROM pet WHERE id = %ld; UPDATE pet SET note = 'anew' WHERE id = %ld",
                   here - 1, here);
    test_terminal_do(terminal, "r");
    assert_here(terminal, "anew");
    assert_here(terminal, talloc_asprintf(scene, "pet %ld ", here));
    assert_absent(terminal, talloc_asprintf(scene, "pet %ld ", here - 1));
    quit(terminal);
}

static void test_column_is_resized_and_scrolled_to(void **state UNUSED)
{
    oracle_execute(scene->oracle,
                   "CREATE TABLE wide (id integer PRIMARY KEY); DO $$ BEGIN FOR i IN 1..100 LOOP EXECUTE "
                   "format('ALTER TABLE wide ADD COLUMN column_%%s text DEFAULT repeat(''v%%s '', 20)', i, "
                   "i); END LOOP; END $$; INSERT INTO wide VALUES (1)");
    struct test_terminal *terminal = open_rows("wide");
    test_terminal_do(terminal, "l");
    const char *heads = talloc_strdup(scene, test_terminal_row(terminal, 3));
    test_terminal_do(terminal, "<<<<<");
    const char *narrow = test_terminal_row(terminal, 3);
    assert_true(strstr(narrow, "column_2") < narrow + 40);
    test_terminal_do(terminal, ">>>>>>>>>>>>>>>>>>");
    assert_absent(terminal, "column_2");
    assert_string_not_equal(test_terminal_row(terminal, 3), heads);
    test_terminal_do(terminal, "$");
    test_terminal_assert(terminal, "column 101/101");
    assert_row(terminal, "column_100", "id"); /* the key stays in sight */
    assert_here(terminal, "v100 v100");
    test_terminal_do(terminal, "0");
    test_terminal_assert(terminal, "column_1");
    quit(terminal);
}

/* ---- one row ---- */

static void test_row_is_a_form_with_types_and_comments(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("owner");
    test_terminal_do(terminal, "jll\r");
    test_terminal_assert(terminal, "› owner › 2");
    assert_row(terminal, "  name ", "text");
    assert_row(terminal, "  name ", "owner 2");
    assert_row(terminal, "> born ", "2000-01-03");
    test_terminal_assert(terminal, "as the passport says");
    test_terminal_do(terminal, "k");
    test_terminal_assert(terminal, "name  text, not null");
    quit(terminal);
}

static void test_null_is_told_from_empty(void **state UNUSED)
{
    oracle_execute(scene->oracle, "UPDATE pet SET note = '' WHERE id = 1; UPDATE pet SET note = NULL WHERE id = 2");
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "\r");
    assert_row(terminal, "  note ", "''");
    test_terminal_do(terminal, "qj\r");
    assert_row(terminal, "  note ", "(null)");
    quit(terminal);
}

static void test_relationship_is_followed_and_come_back_from(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "jj\r");
    test_terminal_assert(terminal, "› pet › 3");
    test_terminal_do(terminal, "G\r"); /* to the owner */
    test_terminal_assert(terminal, "› pet › 3 › owner 4");
    assert_row(terminal, "  name ", "owner 4");
    test_terminal_do(terminal, "G\r"); /* to that owner's pets */
    test_terminal_assert(terminal, "› owner 4 › pet");
    assert_here(terminal, "pet 3 ");
    test_terminal_do(terminal, "G");
    assert_here(terminal, "pet 4983 ");
    test_terminal_do(terminal, ESCAPE);
    test_terminal_assert(terminal, "› pet › 3 › owner 4");
    test_terminal_do(terminal, "-");
    assert_row(terminal, "> → owner", "one owner by owner_id");
    test_terminal_do(terminal, "-");
    assert_here(terminal, "pet 3 ");
    quit(terminal);
}

static void test_relationship_that_is_null_leads_nowhere(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "/id = 10\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "G\r");
    test_terminal_assert(terminal, "owner_id is NULL: there is no row behind it.");
    quit(terminal);
}

static void test_long_text_and_json_have_a_viewer(void **state UNUSED)
{
    oracle_execute(scene->oracle, "CREATE TABLE doc (id integer PRIMARY KEY, body jsonb, story text); INSERT INTO doc "
                                  "SELECT 1, jsonb_build_object('name', 'x', 'list', jsonb_agg(i)), "
                                  "string_agg('line ' || i, E'\\n') FROM generate_series(1, 3000) AS i");
    struct test_terminal *terminal = open_rows("doc");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "j\r");
    test_terminal_assert(terminal, "› doc › 1 › body");
    test_terminal_assert(terminal, "  \"list\": [");
    test_terminal_do(terminal, "/2999\r");
    test_terminal_assert(terminal, "    2999,");
    test_terminal_do(terminal, "qj\r");
    test_terminal_do(terminal, "G");
    test_terminal_assert(terminal, "line 3000");
    quit(terminal);
}

/* ---- slow and lost ---- */

static void test_slow_query_is_shown_and_cancelled(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    oracle_execute(scene->oracle, "BEGIN; LOCK TABLE pet IN ACCESS EXCLUSIVE MODE");
    test_terminal_type(terminal, "G");
    test_terminal_wait(terminal, "reading");
    test_terminal_type(terminal, "j"); /* keys are answered meanwhile */
    test_terminal_wait(terminal, "row 2 of ~5.0k");
    test_terminal_wait(terminal, "^C cancels");
    test_terminal_type(terminal, CONTROL_C);
    test_terminal_settle(terminal);
    test_terminal_assert(terminal, "Cancelled: what is shown is what was there before.");
    assert_here(terminal, "pet 2 ");
    oracle_execute(scene->oracle, "ROLLBACK");
    test_terminal_do(terminal, "G");
    assert_here(terminal, "pet 5000");
    quit(terminal);
}

static void test_quitting_ends_what_is_being_read(void **state UNUSED)
{
    struct test_terminal *terminal = open_console();
    test_terminal_do(terminal, "3j");
    oracle_execute(scene->oracle, "BEGIN; LOCK TABLE pet IN ACCESS EXCLUSIVE MODE");
    test_terminal_type(terminal, "\r");
    test_terminal_wait(terminal, "^C cancels it.");
    quit(terminal);
    oracle_execute(scene->oracle, "ROLLBACK");
}

static void test_lost_connection_keeps_the_view(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "jj");
    oracle_execute(scene->oracle, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
                                  "pg_backend_pid() AND application_name LIKE 'pgdeck%%'");
    test_terminal_do(terminal, "G");
    assert_here(terminal, "pet ");
    test_terminal_do(terminal, "rG");
    assert_here(terminal, "pet 5000");
    quit(terminal);
}

/* ---- hostile ---- */

static void test_hostile_names_and_values_are_shown_not_obeyed(void **state UNUSED)
{
    oracle_execute(scene->oracle,
                   "CREATE TABLE \"h\033]0;PWNED\007\" (\"k\n\033[2J\" text PRIMARY KEY, \"日本語\" text); "
                   "INSERT INTO \"h\033]0;PWNED\007\" VALUES (E'\\x1b]0;PWNED\\x07', E'日本\\u202e'), "
                   "('b', 'wide'); COMMENT ON TABLE \"h\033]0;PWNED\007\" IS E'\\x1b[2J\\u202e'");
    struct test_terminal *terminal = open_rows("PWNED");
    test_terminal_assert(terminal, "h\\x1B]0;PWNED\\x07");
    test_terminal_assert(terminal, "k\\n\\x1B[2J▲");
    test_terminal_do(terminal, "\r");
    test_terminal_assert(terminal, "› \\x1B]0;PWNED\\x07");
    test_terminal_do(terminal, "j\r");
    test_terminal_do(terminal, "qqj\r");
    assert_row(terminal, "日本語", "wide");
    assert_null(memmem(terminal->received, terminal->received_bytes, "\033]0;", 4));
    assert_null(memmem(terminal->received, terminal->received_bytes, "\342\200\256", 3));
    assert_int_equal(terminal->bells, 0);
    quit(terminal);
}

static void test_relation_without_a_key_is_read_and_said_to_be_read_only(void **state UNUSED)
{
    oracle_execute(scene->oracle, "CREATE VIEW heavy AS SELECT name, weight FROM pet WHERE id <= 1000; CREATE TABLE "
                                  "loose (a integer); INSERT INTO loose SELECT i FROM generate_series(1, 900) AS i");
    struct test_terminal *terminal = open_rows("heavy");
    test_terminal_assert(terminal, "cannot be changed");
    test_terminal_do(terminal, "G"); /* only forward */
    test_terminal_assert(terminal, "Without a key the rows can be read from the start alone");
    for (int i = 0; i < 60; i++)
        test_terminal_do(terminal, PAGE_DOWN);
    test_terminal_assert(terminal, "row 1000 of 1000");
    for (int i = 0; i < 60; i++)
        test_terminal_do(terminal, PAGE_UP);
    test_terminal_assert(terminal, "row 1 of");
    test_terminal_do(terminal, "\r");
    assert_row(terminal, "> name ", "pet ");
    test_terminal_do(terminal, "qq/\025loose\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "G");
    assert_here(terminal, "900");
    quit(terminal);
}

static void test_every_size_is_survived(void **state UNUSED)
{
    static const int sizes[][2] = {{8, 40}, {1, 1}, {10, 60}, {2, 5}, {40, 140}, {100, 300}, {11, 61}, {24, 80}};
    static const char *const shapes[] = {"3", "\r", "G", "\r", "j\r", "qG\r"};
    struct test_terminal *terminal = open_console();
    for (size_t i = 0; i < countof(shapes); i++) {
        test_terminal_do(terminal, shapes[i]);
        for (size_t j = 0; j < countof(sizes); j++) {
            test_terminal_resize(terminal, sizes[j][0], sizes[j][1]);
            test_terminal_do(terminal, "\014");
        }
    }
    test_terminal_assert(terminal, "Entities › owner");
    quit(terminal);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(test_entities_are_listed_with_what_is_known_of_them),
        TEST(test_thousands_of_tables_are_listed_by_one_query),
        TEST(test_rows_are_paged_to_the_end_and_back),
        TEST(test_end_is_reached_at_once),
        TEST(test_rows_are_sorted_by_the_column_under_the_cursor),
        TEST(test_unindexed_sort_is_announced_before_it_runs),
        TEST(test_rows_are_filtered_on_the_line),
        TEST(test_soft_deleted_rows_are_hidden_until_asked_for),
        TEST(test_refresh_reads_again_and_keeps_the_cursor),
        TEST(test_column_is_resized_and_scrolled_to),
        TEST(test_row_is_a_form_with_types_and_comments),
        TEST(test_null_is_told_from_empty),
        TEST(test_relationship_is_followed_and_come_back_from),
        TEST(test_relationship_that_is_null_leads_nowhere),
        TEST(test_long_text_and_json_have_a_viewer),
        TEST(test_slow_query_is_shown_and_cancelled),
        TEST(test_quitting_ends_what_is_being_read),
        TEST(test_lost_connection_keeps_the_view),
        TEST(test_hostile_names_and_values_are_shown_not_obeyed),
        TEST(test_relation_without_a_key_is_read_and_said_to_be_read_only),
        TEST(test_every_size_is_survived),
    };
    return cmocka_run_group_tests_name("entities screen", tests, set_up_group, tear_down_group);
}
