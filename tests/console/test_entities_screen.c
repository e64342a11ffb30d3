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
    size_t before = terminal->received_bytes;
    test_terminal_do(terminal, "k");
    assert_in_range(terminal->received_bytes - before, 1, 2 * CURSOR_MOVE_BYTES); /* with the test's own titles */
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

static void test_long_way_is_shown_by_its_end(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "jj\r");
    for (int i = 0; i < 4; i++) {
        test_terminal_do(terminal, "G\r"); /* the owner */
        test_terminal_do(terminal, "G\r"); /* its pets */
        test_terminal_do(terminal, "\r");
    }
    test_terminal_assert(terminal, "Entities › … ›");
    test_terminal_assert(terminal, "› owner 4 › pet › 3 ");
    test_terminal_do(terminal, "G\r");
    test_terminal_do(terminal, "G\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "G\r");
    test_terminal_assert(terminal, "Too many pages are open: q closes one.");
    test_terminal_do(terminal, "-----");
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

static void test_value_of_megabytes_is_laid_out_and_searched(void **state UNUSED)
{
    oracle_execute(scene->oracle, "CREATE TABLE doc (id integer PRIMARY KEY, body jsonb); INSERT INTO doc SELECT 1, "
                                  "jsonb_agg(repeat('entry ', 6) || i) FROM generate_series(1, 50000) AS i");
    struct test_terminal *terminal = open_rows("doc");
    test_terminal_assert(terminal, "…");
    assert_in_range(terminal->received_bytes, 1, 60000);
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "j\r");
    test_terminal_wait(terminal, "› doc › 1 › body");
    test_terminal_do(terminal, "/entry 49999\r");
    test_terminal_assert(terminal, "entry 49999\",");
    quit(terminal);
}

static void test_cell_and_row_are_copied_by_way_of_the_terminal(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("owner");
    test_terminal_do(terminal, "lyY");
    test_terminal_assert(terminal, "copied the row: ");
    /* "owner 1", then {"id":1,"name": in base64 */
    assert_non_null(memmem(terminal->received, terminal->received_bytes, "b3duZXIgMQ==", 12));
    assert_non_null(memmem(terminal->received, terminal->received_bytes, "eyJpZCI6MSwibmFtZSI6", 20));
    test_terminal_do(terminal, "ly");
    test_terminal_assert(terminal, "born is NULL: there is nothing to copy.");
    quit(terminal);
}

static void test_cut_cell_is_copied_from_its_row_alone(void **state UNUSED)
{
    oracle_execute(scene->oracle, "UPDATE owner SET name = repeat('long ', 100) WHERE id = 1");
    struct test_terminal *terminal = open_rows("owner");
    test_terminal_do(terminal, "ly");
    test_terminal_assert(terminal, "Not all of it is here: Enter opens the row");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "y");
    test_terminal_assert(terminal, "copied name: 500 bytes");
    quit(terminal);
}

/* ---- changing ---- */

static void test_edit_is_staged_shown_and_made(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("owner");
    test_terminal_do(terminal, "jlE");
    test_terminal_assert(terminal, "name = owner 2");
    test_terminal_do(terminal, "\025Ana\r");
    test_terminal_assert(terminal, "* staged: 1");
    assert_row(terminal, "> name ", "* Ana");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM owner WHERE name = 'Ana'"), 0);
    test_terminal_do(terminal, "A");
    test_terminal_assert(terminal, "SET \"name\" = 'Ana' WHERE");
    test_terminal_assert(terminal, "public.owner: 1 row changed");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM owner WHERE name = 'Ana'"), 0);
    test_terminal_do(terminal, "y");
    test_terminal_assert(terminal, "done: edit owner; public.owner: 1 row changed");
    assert_string_equal(oracle_text(scene->oracle, "SELECT name FROM owner WHERE id = 2"), "Ana");
    assert_row(terminal, "> name ", "Ana");
    test_terminal_do(terminal, "q");
    assert_here(terminal, "Ana"); /* the grid was read again */
    quit(terminal);
}

static void test_edit_that_is_not_confirmed_changes_nothing(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("owner");
    test_terminal_do(terminal, "lE\025Ana\r");
    test_terminal_do(terminal, "\025"); /* the form is read before it asks */
    test_terminal_do(terminal, ESCAPE);
    quit(terminal);
    terminal = open_rows("owner");
    test_terminal_do(terminal, "lE");
    test_terminal_do(terminal, "\025Ana\r");
    test_terminal_do(terminal, "A");
    test_terminal_do(terminal, "\r"); /* Enter cancels */
    test_terminal_assert(terminal, "Nothing was changed.");
    test_terminal_do(terminal, "q");
    test_terminal_assert(terminal, "Values are staged: A applies them, Esc drops them.");
    test_terminal_do(terminal, ESCAPE);
    assert_row(terminal, "> name ", "owner 1");
    test_terminal_do(terminal, "q");
    assert_here(terminal, "owner 1");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM owner WHERE name = 'Ana'"), 0);
    quit(terminal);
}

/* The form of the first owner on a target. */
static struct test_terminal *open_owner(const char *target)
{
    struct test_terminal *terminal = open_sized(target, 24, 80);
    test_terminal_do(terminal, "3/owner\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "\r");
    return terminal;
}

static void test_guarded_target_wants_the_name_of_the_database(void **state UNUSED)
{
    struct test_terminal *terminal = open_owner("careful");
    test_terminal_do(terminal, "jE");
    test_terminal_do(terminal, "\025Ana\r");
    test_terminal_do(terminal, "A");
    test_terminal_assert(terminal, "Type shop, the name of the database:");
    test_terminal_do(terminal, "y\r");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM owner WHERE name = 'Ana'"), 0);
    test_terminal_do(terminal, "\025shop\r");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM owner WHERE name = 'Ana'"), 1);
    quit(terminal);
}

static void test_read_only_target_says_so_for_each_key(void **state UNUSED)
{
    static const char *const keys[] = {"E", "I", "X", "D", "U"};
    struct test_terminal *terminal = open_owner("locked");
    for (size_t i = 0; i < countof(keys); i++) {
        test_terminal_do(terminal, keys[i]);
        test_terminal_assert(terminal, "Nothing is written: the target's guard level is read-only.");
        test_terminal_do(terminal, "j");
    }
    quit(terminal);
}

static void test_null_default_and_taking_back_are_staged(void **state UNUSED)
{
    oracle_execute(scene->oracle, "ALTER TABLE owner ALTER COLUMN born SET DEFAULT '1999-09-09'");
    struct test_terminal *terminal = open_owner("open");
    test_terminal_do(terminal, "jN");
    test_terminal_assert(terminal, "This column must not be NULL.");
    test_terminal_do(terminal, "j=");
    assert_row(terminal, "> born ", "* (the default)");
    test_terminal_do(terminal, "u");
    assert_row(terminal, "> born ", "(null)");
    test_terminal_do(terminal, "=A");
    test_terminal_assert(terminal, "SET \"born\" = DEFAULT");
    test_terminal_do(terminal, "y");
    assert_string_equal(oracle_text(scene->oracle, "SELECT born FROM owner WHERE id = 1"), "1999-09-09");
    test_terminal_do(terminal, "NA");
    test_terminal_assert(terminal, "SET \"born\" = NULL");
    test_terminal_do(terminal, "y");
    assert_true(oracle_says(scene->oracle, "SELECT born IS NULL FROM owner WHERE id = 1"));
    quit(terminal);
}

static void test_key_can_be_edited_and_empty_is_told_from_null(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "/id = 1\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "E");
    test_terminal_do(terminal, "\0259001\r");
    test_terminal_do(terminal, "jjjjE");
    test_terminal_do(terminal, "\r");
    test_terminal_assert(terminal, "note stays as it is; '' stands for no characters.");
    test_terminal_do(terminal, "E");
    test_terminal_do(terminal, "''\r");
    test_terminal_do(terminal, "A");
    test_terminal_do(terminal, "y");
    test_terminal_assert(terminal, "› 9001");
    assert_row(terminal, "> note ", "''");
    assert_true(oracle_says(scene->oracle, "SELECT note = '' FROM pet WHERE id = 9001"));
    quit(terminal);
}

static void test_what_the_server_refuses_is_said_and_stays_staged(void **state UNUSED)
{
    struct test_terminal *terminal = open_owner("open");
    test_terminal_do(terminal, "jjE");
    test_terminal_do(terminal, "yesterweek\r");
    test_terminal_do(terminal, "A");
    test_terminal_assert(terminal, "yesterweek");
    test_terminal_assert(terminal, "* staged: 1");
    test_terminal_do(terminal, ESCAPE);
    quit(terminal);
}

static void test_conflict_shows_both_versions(void **state UNUSED)
{
    struct test_terminal *terminal = open_owner("open");
    test_terminal_do(terminal, "jE");
    test_terminal_do(terminal, "\025mine\r");
    oracle_execute(scene->oracle, "UPDATE owner SET name = 'theirs', born = '2001-01-01' WHERE id = 1");
    test_terminal_do(terminal, "A");
    test_terminal_assert(terminal, "› conflict");
    test_terminal_assert(terminal, "changed by somebody else since it was read");
    test_terminal_assert(terminal, "as read      owner 1");
    test_terminal_assert(terminal, "now          theirs");
    test_terminal_assert(terminal, "staged       mine");
    test_terminal_assert(terminal, "now          2001-01-01");
    assert_string_equal(oracle_text(scene->oracle, "SELECT name FROM owner WHERE id = 1"), "theirs");
    test_terminal_do(terminal, "q");
    test_terminal_assert(terminal, "* mine");
    test_terminal_do(terminal, "A");
    test_terminal_do(terminal, "y"); /* decided anew */
    assert_string_equal(oracle_text(scene->oracle, "SELECT name || born FROM owner WHERE id = 1"), "mine2001-01-01");
    quit(terminal);
}

static void test_conflict_between_question_and_answer_changes_nothing(void **state UNUSED)
{
    struct test_terminal *terminal = open_owner("open");
    test_terminal_do(terminal, "jE");
    test_terminal_do(terminal, "\025mine\r");
    test_terminal_do(terminal, "A");
    oracle_execute(scene->oracle, "DELETE FROM pet; DELETE FROM owner WHERE id = 1");
    test_terminal_do(terminal, "y");
    test_terminal_assert(terminal, "It is gone.");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM owner WHERE name = 'mine'"), 0);
    quit(terminal);
}

static void test_new_row_gets_what_is_staged_and_defaults(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "I");
    test_terminal_assert(terminal, "› pet › new row");
    assert_row(terminal, "  is_deleted ", "(default false)");
    assert_row(terminal, "  name ", "(must be given)");
    test_terminal_do(terminal, "E");
    test_terminal_do(terminal, "9001\r");
    test_terminal_do(terminal, "jjE");
    test_terminal_do(terminal, "Rex\r");
    test_terminal_do(terminal, "A");
    test_terminal_assert(terminal, "INSERT INTO");
    test_terminal_assert(terminal, "public.pet: 1 row added");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM pet WHERE id = 9001"), 0);
    test_terminal_do(terminal, "y");
    test_terminal_assert(terminal, "› pet › new row 9001");
    assert_true(oracle_says(scene->oracle, "SELECT name = 'Rex' AND note IS NULL AND NOT is_deleted FROM pet WHERE "
                                           "id = 9001"));
    quit(terminal);
}

static void test_new_row_behind_a_relationship_belongs_to_it(void **state UNUSED)
{
    struct test_terminal *terminal = open_owner("open");
    test_terminal_do(terminal, "G\r");
    test_terminal_do(terminal, "I");
    assert_row(terminal, "  owner_id ", "* 1");
    test_terminal_do(terminal, "E");
    test_terminal_do(terminal, "9001\r");
    test_terminal_do(terminal, "jjE");
    test_terminal_do(terminal, "Rex\r");
    test_terminal_do(terminal, "A");
    test_terminal_do(terminal, "y");
    assert_int_equal(oracle_number(scene->oracle, "SELECT owner_id FROM pet WHERE id = 9001"), 1);
    quit(terminal);
}

static void test_row_is_removed_softly_and_restored(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "jX");
    test_terminal_assert(terminal, "Mark as deleted pet 2 on open?");
    test_terminal_assert(terminal, "public.pet: 1 row changed");
    test_terminal_do(terminal, "y");
    assert_true(oracle_says(scene->oracle, "SELECT is_deleted FROM pet WHERE id = 2"));
    assert_here(terminal, "pet 3 "); /* it is hidden now */
    test_terminal_do(terminal, "H");
    test_terminal_do(terminal, "jU");
    test_terminal_do(terminal, "y");
    assert_true(oracle_says(scene->oracle, "SELECT NOT is_deleted FROM pet WHERE id = 2"));
    quit(terminal);
}

static void test_row_is_deleted_only_by_the_name_of_the_database(void **state UNUSED)
{
    struct test_terminal *terminal = open_rows("pet");
    test_terminal_do(terminal, "jD");
    test_terminal_assert(terminal, "this loses data");
    test_terminal_assert(terminal, "public.pet: 1 row deleted");
    test_terminal_do(terminal, "y\r");
    test_terminal_assert(terminal, "That is not the name.");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM pet WHERE id = 2"), 1);
    test_terminal_do(terminal, "\025shop\r");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM pet WHERE id = 2"), 0);
    assert_here(terminal, "pet 3 ");
    quit(terminal);
}

static void test_deleting_without_a_mark_says_the_way(void **state UNUSED)
{
    oracle_execute(scene->oracle, "UPDATE pet SET owner_id = 1 WHERE id = 1");
    struct test_terminal *terminal = open_owner("open");
    test_terminal_do(terminal, "X");
    test_terminal_assert(terminal, "No column marks deleted rows here: D deletes the row itself.");
    test_terminal_do(terminal, "D");
    test_terminal_assert(terminal, "violates foreign key"); /* found out by trying, not by losing */
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM owner WHERE id = 1"), 1);
    quit(terminal);
}

static void test_long_value_goes_to_the_editor(void **state UNUSED)
{
    oracle_execute(scene->oracle, "UPDATE owner SET name = repeat('long ', 100) WHERE id = 1");
    test_write(scene->home, "editor.sh", "#!/bin/sh\nsed -i 's/long/short/g' \"$1\"\n");
    const char **words = talloc_zero_array(scene, const char *, 5);
    const char *all[] = {"-C", scene->project, "-d", "open"};
    memcpy(words, all, sizeof all);
    const char *const environment[] = {talloc_asprintf(scene, "EDITOR=sh %s/editor.sh", scene->home),
                                       talloc_asprintf(scene, "TMPDIR=%s", scene->home), NULL};
    struct test_terminal_options options = {.home = scene->home, .arguments = words, .environment = environment};
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    test_terminal_settle(terminal);
    test_terminal_do(terminal, "3/owner\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "jE");
    assert_true(terminal->is_alternate);
    assert_row(terminal, "> name ", "* short short");
    test_terminal_do(terminal, "A");
    test_terminal_do(terminal, "y");
    assert_true(oracle_says(scene->oracle, "SELECT name = repeat('short ', 100) FROM owner WHERE id = 1"));
    quit(terminal);
}

static void test_change_that_waits_for_a_lock_is_cancelled(void **state UNUSED)
{
    struct test_terminal *terminal = open_owner("open");
    test_terminal_do(terminal, "jE");
    test_terminal_do(terminal, "\025mine\r");
    oracle_execute(scene->oracle, "BEGIN; UPDATE owner SET born = NULL WHERE id = 1");
    test_terminal_type(terminal, "A");
    test_terminal_wait(terminal, "trying it out");
    test_terminal_type(terminal, CONTROL_C);
    test_terminal_settle(terminal);
    test_terminal_assert(terminal, "Cancelled: nothing was changed.");
    oracle_execute(scene->oracle, "ROLLBACK");
    test_terminal_do(terminal, "A");
    test_terminal_do(terminal, "y");
    assert_string_equal(oracle_text(scene->oracle, "SELECT name FROM owner WHERE id = 1"), "mine");
    quit(terminal);
}

static void test_change_that_cannot_be_shown_is_not_asked_for(void **state UNUSED)
{
    struct test_terminal *terminal = open_sized("open", 12, 80);
    test_terminal_do(terminal, "3/owner\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "jE");
    test_terminal_do(terminal, "\025mine\r");
    test_terminal_do(terminal, "A");
    test_terminal_assert(terminal, "14 rows are needed to show what it does: nothing was tried.");
    test_terminal_do(terminal, ESCAPE);
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
    test_terminal_do(terminal, "E");
    test_terminal_assert(terminal, "No row can be changed here: it is a view");
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
    test_terminal_wait(terminal, "Entities › owner"); /* the last size comes by a signal */
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
        TEST(test_long_way_is_shown_by_its_end),
        TEST(test_relationship_that_is_null_leads_nowhere),
        TEST(test_long_text_and_json_have_a_viewer),
        TEST(test_value_of_megabytes_is_laid_out_and_searched),
        TEST(test_cell_and_row_are_copied_by_way_of_the_terminal),
        TEST(test_cut_cell_is_copied_from_its_row_alone),
        TEST(test_edit_is_staged_shown_and_made),
        TEST(test_edit_that_is_not_confirmed_changes_nothing),
        TEST(test_guarded_target_wants_the_name_of_the_database),
        TEST(test_read_only_target_says_so_for_each_key),
        TEST(test_null_default_and_taking_back_are_staged),
        TEST(test_key_can_be_edited_and_empty_is_told_from_null),
        TEST(test_what_the_server_refuses_is_said_and_stays_staged),
        TEST(test_conflict_shows_both_versions),
        TEST(test_conflict_between_question_and_answer_changes_nothing),
        TEST(test_new_row_gets_what_is_staged_and_defaults),
        TEST(test_new_row_behind_a_relationship_belongs_to_it),
        TEST(test_row_is_removed_softly_and_restored),
        TEST(test_row_is_deleted_only_by_the_name_of_the_database),
        TEST(test_deleting_without_a_mark_says_the_way),
        TEST(test_long_value_goes_to_the_editor),
        TEST(test_change_that_waits_for_a_lock_is_cancelled),
        TEST(test_change_that_cannot_be_shown_is_not_asked_for),
        TEST(test_slow_query_is_shown_and_cancelled),
        TEST(test_quitting_ends_what_is_being_read),
        TEST(test_lost_connection_keeps_the_view),
        TEST(test_hostile_names_and_values_are_shown_not_obeyed),
        TEST(test_relation_without_a_key_is_read_and_said_to_be_read_only),
        TEST(test_every_size_is_survived),
    };
    return cmocka_run_group_tests_name("entities screen", tests, set_up_group, tear_down_group);
}
