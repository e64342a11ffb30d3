/* The Diff screen and the parity grid, in a pseudo-terminal, against a real server: what is asked, what is shown, where
 * it leads, what it never does by itself. */
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
#define BACK_TAB "\033[Z"

enum { CURSOR_MOVE_BYTES = 200, MANY = 10000 };

static struct deck_scene *scene;

static int set_up_group(void **state UNUSED)
{
    scene = deck_scene_start(NULL);
    return 0;
}

static int tear_down_group(void **state UNUSED) { return talloc_free(scene); }

static int set_up(void **state UNUSED)
{
    deck_scene_reset(scene);
    deck_scene_write(scene, "001_first.sql",
                     "CREATE TABLE first (id integer, name varchar(10));\n\nCREATE FUNCTION twice(n integer) RETURNS "
                     "integer\n    LANGUAGE sql AS 'SELECT n + n';\n");
    deck_scene_write(scene, "002_second.sql", "CREATE TABLE second (id integer);\n");
    return 0;
}

/* ---- opening ---- */

/* Scratch databases lie on the test's own server. */
static struct test_terminal_options usual(const char *const *environment)
{
    const char **words = talloc_zero_array(scene, const char *, 5),
               **variables = talloc_zero_array(words, const char *, 8);
    const char *all[] = {"-C", scene->project, "-d", "open"};
    size_t count = 0;
    memcpy(words, all, sizeof all);
    variables[count++] =
        talloc_asprintf(variables, "PGDECK_SCRATCH=%s", test_server_conninfo(scene->server, "postgres"));
    for (; environment && *environment; environment++)
        variables[count++] = *environment;
    return (struct test_terminal_options){.home = scene->home, .arguments = words, .environment = variables};
}

static struct test_terminal *open_with(struct test_terminal_options options)
{
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    test_terminal_settle(terminal);
    return terminal;
}

static struct test_terminal *open_console(void) { return open_with(usual(NULL)); }

/* Migrations with the target: what follows is typed when that is done. */
static void compare_first(struct test_terminal *terminal) { test_terminal_do(terminal, "4\r"); }

static void quit(struct test_terminal *terminal)
{
    test_terminal_type(terminal, "Q");
    assert_int_equal(test_terminal_end(terminal), 0);
    assert_false(terminal->is_alternate);
    talloc_free(terminal);
}

/* The target as the migrations have it, and then changed by hand. */
static void apply_and_drift(const char *drift)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    oracle_execute(scene->oracle, "%s", drift);
}

static const char usual_drift[] =
    "ALTER TABLE first ALTER COLUMN name TYPE varchar(12); COMMENT ON COLUMN first.name IS 'by hand'; "
    "CREATE OR REPLACE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 2 * n'; "
    "CREATE SCHEMA audit; DROP TABLE second";

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

static void assert_absent(struct test_terminal *terminal, const char *text)
{
    if (test_terminal_shows(terminal, text))
        fail_msg("the screen shows \"%s\"", text);
}

/* The row of the grid that begins with a mirror. */
static void assert_grid(struct test_terminal *terminal, const char *mirror, const char *cells)
{
    char *start = talloc_asprintf(scene, " %-12s", mirror);
    for (int row = 0; row < terminal->rows; row++) {
        const char *text = test_terminal_row(terminal, row);
        if (strncmp(text, start, strlen(start)) == 0 && strspn(text + strlen(start), " ") % 15 == 0) {
            if (!strstr(text, cells))
                fail_msg("\"%s\" does not stand in: %s", cells, text);
            return;
        }
    }
    fail_msg("the grid has no row \"%s\"", mirror);
}

static const char *file_text(const char *path)
{
    char *text = talloc_zero_size(scene, 65536);
    FILE *file = fopen(path, "r");
    if (file) {
        size_t size = fread(text, 1, 65535, file);
        text[size] = '\0';
        fclose(file);
    }
    return text;
}

/* ---- asking ---- */

static void test_nothing_is_compared_before_it_is_asked_for(void **state UNUSED)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    struct test_terminal *terminal = open_console();
    test_terminal_do(terminal, "4");
    test_terminal_assert(terminal, "Nothing was compared yet.");
    test_terminal_assert(terminal, "2 files in migrations");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM pg_database WHERE datname LIKE 'pgdeck%%'"), 0);
    quit(terminal);
}

static void test_enter_compares_migrations_with_the_target(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_assert(terminal, "Diff › migrations → live");
    assert_row(terminal, "audit", "+ create");
    assert_row(terminal, "public.second", "drop");
    assert_row(terminal, "function (1)", "▲1");
    assert_row(terminal, "public.twice(integer)", "▲ behavioural");
    test_terminal_assert(terminal, "Only live has it; migrations has not.");
    test_terminal_assert(terminal, "CREATE SCHEMA audit;");
    quit(terminal);
}

static void test_equal_mirrors_say_so(void **state UNUSED)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_assert(terminal, "migrations and live are equal.");
    test_terminal_do(terminal, "N");
    test_terminal_assert(terminal, "There is no difference to make a migration of.");
    quit(terminal);
}

static void test_picker_chooses_both_sides_and_is_remembered(void **state UNUSED)
{
    test_write(scene->project, "initdb/create_tables.sql", "CREATE TABLE first (id integer, name varchar(10));\n");
    struct test_terminal *terminal = open_console();
    test_terminal_do(terminal, "4c");
    test_terminal_assert(terminal, "The script will turn migrations into live.");
    test_terminal_do(terminal, "lk"); /* the other side, one up */
    test_terminal_assert(terminal, "The script will turn migrations into init.");
    test_terminal_do(terminal, "x\r");
    test_terminal_assert(terminal, "Diff › init → migrations");
    assert_row(terminal, "public.twice(integer)", "+ create");
    test_terminal_do(terminal, "c");
    test_terminal_assert(terminal, "The script will turn init into migrations.");
    test_terminal_do(terminal, "2"); /* taking what the other side has gives it this side's */
    test_terminal_assert(terminal, "The script will turn migrations into init.");
    test_terminal_do(terminal, ESCAPE);
    test_terminal_assert(terminal, "Diff › init → migrations");
    quit(terminal);
}

static void test_swapping_turns_the_script_round(void **state UNUSED)
{
    apply_and_drift("CREATE SCHEMA audit");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "x");
    test_terminal_assert(terminal, "Diff › live → migrations");
    assert_row(terminal, "audit", "drop");
    test_terminal_assert(terminal, "DROP SCHEMA audit");
    quit(terminal);
}

static void test_refresh_compares_anew_and_keeps_the_cursor(void **state UNUSED)
{
    apply_and_drift("CREATE SCHEMA audit; CREATE SCHEMA later");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "G");
    assert_non_null(strstr(test_terminal_row(terminal, row_of(terminal, "later  ")), ">"));
    oracle_execute(scene->oracle, "DROP SCHEMA audit; CREATE SCHEMA between");
    test_terminal_do(terminal, "r");
    assert_absent(terminal, "audit");
    assert_row(terminal, "between", "+ create");
    assert_non_null(strstr(test_terminal_row(terminal, row_of(terminal, "later  ")), ">"));
    quit(terminal);
}

static void test_d_leads_here_from_other_screens(void **state UNUSED)
{
    apply_and_drift("CREATE SCHEMA audit");
    static const char *const ways[] = {"1d", "2d", "6d"};
    for (size_t i = 0; i < countof(ways); i++) {
        struct test_terminal *terminal = open_console();
        test_terminal_do(terminal, ways[i]);
        test_terminal_assert(terminal, "Diff › migrations → live");
        assert_row(terminal, "audit", "+ create");
        quit(terminal);
    }
}

/* ---- the grid ---- */

static void test_grid_tells_the_parity_of_each_pair(void **state UNUSED)
{
    apply_and_drift("CREATE SCHEMA audit");
    test_write(scene->project, "initdb/create_tables.sql",
               file_text(talloc_asprintf(scene, "%s/migrations/001_first.sql", scene->project)));
    struct test_terminal *terminal = open_console();
    assert_grid(terminal, "models", "· not asked    · not asked    · not asked"); /* until it is asked for */
    test_terminal_do(terminal, "c");
    test_terminal_do(terminal, "G");
    assert_grid(terminal, "models", "✗ cannot       ✗ cannot       ✗ cannot");
    assert_grid(terminal, "migrations", "≠ 1 differs    ≠ 1 differs"); /* init lacks second, live has audit */
    assert_grid(terminal, "init", "≠ 2 differ");
    test_terminal_assert(terminal, "✗ models with migrations: the project declares no models");
    quit(terminal);
}

static void test_cell_of_the_grid_opens_its_pair(void **state UNUSED)
{
    test_write(scene->project, "initdb/create_tables.sql", "CREATE SCHEMA audit;\n");
    struct test_terminal *terminal = open_console();
    test_terminal_do(terminal, BACK_TAB "\r"); /* the pair before migrations and live */
    test_terminal_assert(terminal, "Diff › migrations → init");
    assert_row(terminal, "audit", "+ create");
    test_terminal_do(terminal, "1");
    assert_grid(terminal, "migrations", "differ"); /* what was compared there stands in the grid */
    quit(terminal);
}

static void test_asking_the_grid_can_be_cancelled(void **state UNUSED)
{
    deck_scene_write(scene, "003_slow.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    struct test_terminal_options options = usual(NULL);
    options.rows = 40;
    struct test_terminal *terminal = open_with(options);
    test_terminal_type(terminal, "c");
    test_terminal_wait(terminal, "migrations: 003_slow.sql, ");
    test_terminal_type(terminal, CONTROL_C);
    test_terminal_settle(terminal);
    assert_absent(terminal, "asking…");
    assert_grid(terminal, "init", "· not asked");
    quit(terminal);
}

/* ---- looking ---- */

static void test_folds_take_the_cursor_along(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "H");
    assert_absent(terminal, "+ create");
    assert_non_null(strstr(test_terminal_row(terminal, row_of(terminal, "▸ schema (1)")), ">"));
    test_terminal_do(terminal, "l");
    assert_row(terminal, "audit", "+ create");
    test_terminal_do(terminal, "lh");
    assert_non_null(strstr(test_terminal_row(terminal, row_of(terminal, "▾ schema (1)")), ">"));
    test_terminal_do(terminal, "L");
    assert_row(terminal, "public.twice(integer)", "behavioural");
    test_terminal_do(terminal, "\r"); /* on a group Enter folds */
    test_terminal_assert(terminal, "▸ schema (1)");
    quit(terminal);
}

static void test_attributes_of_one_object_stand_under_it(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "/first.name\r");
    assert_row(terminal, "▾ public.first.name", "1");
    assert_row(terminal, "comment  ", "· cosmetic");
    assert_row(terminal, "type  ", "~ alter");
    test_terminal_do(terminal, ESCAPE);
    assert_row(terminal, "audit", "+ create");
    quit(terminal);
}

static void test_differences_are_grouped_by_severity_and_by_file(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "s");
    test_terminal_assert(terminal, "BY SEVERITY ▲");
    test_terminal_assert(terminal, "▾ breaking (");
    test_terminal_do(terminal, "S");
    test_terminal_assert(terminal, "BY SEVERITY ▼");
    test_terminal_do(terminal, "sg");
    test_terminal_assert(terminal, "BY FILE");
    quit(terminal);
}

static void test_values_stand_above_each_other_on_a_narrow_screen(void **state UNUSED)
{
    apply_and_drift("ALTER TABLE first ALTER COLUMN name TYPE varchar(12)");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    int row = row_of(terminal, "- character varying(10)");
    assert_non_null(strstr(test_terminal_row(terminal, row + 1), "+ character varying(12)"));
    quit(terminal);
}

static void test_values_stand_beside_each_other_on_a_wide_screen(void **state UNUSED)
{
    apply_and_drift("ALTER TABLE first ALTER COLUMN name TYPE varchar(12)");
    struct test_terminal_options options = usual(NULL);
    options.rows = 50;
    options.columns = 160;
    struct test_terminal *terminal = open_with(options);
    compare_first(terminal);
    assert_row(terminal, "- character varying(10)", "│ + character varying(12)");
    test_terminal_resize(terminal, 24, 90);
    test_terminal_wait(terminal, "─[Difference]─ Script ─ Notes ────────────────────────────────────────");
    test_terminal_wait(terminal, "ALTER TABLE public.first ALTER COLUMN name TYPE"); /* stands under the values */
    assert_non_null(strstr(test_terminal_row(terminal, row_of(terminal, "- character varying(10)") + 1),
                           "+ character varying(12)"));
    quit(terminal);
}

static void test_page_of_a_difference_shows_all_of_it(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "/twice\r\r");
    test_terminal_assert(terminal, "Diff › migrations → live  /twice › public.twice(integer)");
    test_terminal_assert(terminal, "- SELECT n + n");
    test_terminal_assert(terminal, "+ SELECT 2 * n");
    test_terminal_assert(terminal, "CREATE OR REPLACE FUNCTION");
    test_terminal_resize(terminal, 40, 140);
    test_terminal_wait(terminal, "│ + SELECT 2 * n");
    test_terminal_do(terminal, "q");
    test_terminal_assert(terminal, "[Difference]");
    quit(terminal);
}

static void test_script_and_notes_have_tabs(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "\t");
    test_terminal_assert(terminal, "[Script]");
    test_terminal_assert(terminal, "statements; turns migrations into live");
    test_terminal_do(terminal, "\r");
    test_terminal_assert(terminal, "› Script");
    test_terminal_assert(terminal, "-- loses data");
    test_terminal_assert(terminal, "DROP TABLE public.second;");
    test_terminal_do(terminal, "q\t");
    test_terminal_assert(terminal, "[Notes]");
    test_terminal_assert(terminal, "left out");
    quit(terminal);
}

static void test_data_loss_is_said_in_words(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "/second\r");
    assert_row(terminal, "public.second", "! drop, loses data");
    test_terminal_assert(terminal, "! Closing it loses data.");
    quit(terminal);
}

static void test_sql_is_copied_by_way_of_the_terminal(void **state UNUSED)
{
    apply_and_drift("CREATE SCHEMA audit");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "y");
    test_terminal_assert(terminal, "copied the SQL of audit: 21 bytes");
    /* "CREATE SCHEMA audit;\n" in base64 */
    assert_non_null(memmem(terminal->received, terminal->received_bytes, "Q1JFQVRFIFNDSEVNQSBhdWRpdDsK", 28));
    quit(terminal);
}

/* ---- files ---- */

static void test_blame_shows_the_file_at_its_line(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "/twice\r");
    test_terminal_assert(terminal, "set by migrations/001_first.sql:3");
    test_terminal_do(terminal, "b");
    test_terminal_assert(terminal, "› migrations/001_first.sql:3");
    test_terminal_assert(terminal, ">    3  CREATE FUNCTION twice(n integer)");
    test_terminal_do(terminal, "q" ESCAPE);
    test_terminal_do(terminal, "gb");
    test_terminal_assert(terminal, "A group has no file");
    quit(terminal);
}

static void test_editor_opens_the_file_at_its_line(void **state UNUSED)
{
    apply_and_drift(usual_drift);
    char *seen = talloc_asprintf(scene, "%s/seen", scene->home);
    test_write(scene->home, "editor.sh", talloc_asprintf(scene, "#!/bin/sh\necho \"$@\" >> %s\n", seen));
    const char *const environment[] = {talloc_asprintf(scene, "EDITOR=sh %s/editor.sh", scene->home), NULL};
    struct test_terminal *terminal = open_with(usual(environment));
    compare_first(terminal);
    test_terminal_do(terminal, "/twice\r");
    test_terminal_do(terminal, "e");
    assert_true(terminal->is_alternate);
    assert_non_null(strstr(file_text(seen), "+3 "));
    assert_non_null(strstr(file_text(seen), "/migrations/001_first.sql\n"));
    test_terminal_do(terminal, "be");
    assert_non_null(strstr(strchr(file_text(seen), '\n') + 1, "+3 "));
    quit(terminal);
}

static void test_defect_is_a_card_that_leads_to_the_file(void **state UNUSED)
{
    deck_scene_write(scene, "002_second.sql", "CREATE TABLE second (id integer);\n\nINSERT INTO nowhere VALUES (1);\n");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_assert(terminal, "✗ migrations and live could not be compared.");
    test_terminal_assert(terminal, "migrations/002_second.sql:3");
    test_terminal_assert(terminal, "42P01 ");
    test_terminal_assert(terminal, ">    3  INSERT INTO nowhere VALUES (1);");
    test_terminal_do(terminal, "b");
    test_terminal_assert(terminal, "› migrations/002_second.sql:3");
    deck_scene_write(scene, "002_second.sql", "CREATE TABLE second (id integer);\n");
    test_terminal_do(terminal, "qr");
    assert_row(terminal, "public.second", "drop");
    quit(terminal);
}

/* ---- building ---- */

static void test_building_shows_progress_and_keys_are_answered_meanwhile(void **state UNUSED)
{
    deck_scene_write(scene, "003_slow.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    struct test_terminal *terminal = open_console();
    test_terminal_type(terminal, "4\r");
    test_terminal_wait(terminal, "Comparing migrations with live");
    test_terminal_wait(terminal, "of 3  003_slow.sql");
    test_terminal_type(terminal, "1");
    test_terminal_wait(terminal, "Parity");
    test_terminal_type(terminal, "4");
    test_terminal_wait(terminal, "003_slow.sql");
    test_terminal_type(terminal, CONTROL_C);
    test_terminal_wait(terminal, "Cancelled: migrations and live were not compared.");
    test_terminal_settle(terminal);
    deck_scene_write(scene, "003_slow.sql", "SELECT 1;\n");
    test_terminal_do(terminal, "r");
    assert_row(terminal, "public.second", "drop");
    quit(terminal);
}

static void test_quitting_ends_what_is_being_built(void **state UNUSED)
{
    deck_scene_write(scene, "003_slow.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    struct test_terminal *terminal = open_console();
    test_terminal_type(terminal, "4\r");
    test_terminal_wait(terminal, "003_slow.sql");
    quit(terminal);
}

/* ---- writing ---- */

static void test_migration_is_made_of_the_script_and_its_plan_shown(void **state UNUSED)
{
    apply_and_drift("CREATE SCHEMA audit");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "N");
    test_terminal_assert(terminal, "What the migration does, in a few words:");
    test_terminal_do(terminal, "\r"); /* nothing was typed */
    test_terminal_assert(terminal, "No migration was made.");
    test_terminal_do(terminal, "Nadopt the audit schema\r");
    test_terminal_wait(terminal, "made migrations/003_adopt_the_audit_schema.sql");
    test_terminal_settle(terminal);
    test_terminal_assert(terminal, "Diff › migrations → live › Plan");
    test_terminal_assert(terminal, "003  adopt_the_audit_schema");
    const char *text =
        file_text(talloc_asprintf(scene, "%s/migrations/003_adopt_the_audit_schema.sql", scene->project));
    assert_non_null(strstr(text, "CREATE SCHEMA"));
    quit(terminal);
}

static void test_migration_is_refused_where_the_migrations_are_not_the_origin(void **state UNUSED)
{
    apply_and_drift("CREATE SCHEMA audit");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_do(terminal, "x");
    test_terminal_do(terminal, "N");
    test_terminal_assert(terminal, "A migration starts from the migrations: x swaps the sides, c chooses others.");
    test_terminal_do(terminal, "W");
    test_terminal_assert(terminal, "The init script is no side of this: c chooses the mirrors.");
    quit(terminal);
}

static void test_init_script_is_written_after_a_y_alone(void **state UNUSED)
{
    test_write(scene->project, "initdb/create_tables.sql", "CREATE TABLE first (id integer, name varchar(10));\n");
    struct test_terminal *terminal = open_console();
    char *path = talloc_asprintf(scene, "%s/initdb/create_tables.sql", scene->project);
    test_terminal_do(terminal, "4clk\r");
    test_terminal_assert(terminal, "Diff › migrations → init");
    test_terminal_do(terminal, "W");
    test_terminal_assert(terminal, "Write initdb/create_tables.sql anew from the migrations? y/N");
    test_terminal_do(terminal, "\r");
    test_terminal_assert(terminal, "Nothing was written.");
    assert_null(strstr(file_text(path), "twice"));
    test_terminal_do(terminal, "Wy\r");
    test_terminal_assert(terminal, "exit status 0");
    assert_non_null(strstr(file_text(path), "twice"));
    test_terminal_do(terminal, "qr");
    test_terminal_assert(terminal, "migrations and init are equal.");
    quit(terminal);
}

/* ---- many ---- */

/* Without the bytes that the tests' own title takes. */
static size_t bytes_since(const struct test_terminal *terminal, size_t from)
{
    size_t count = 0;
    bool is_title = false;
    for (size_t i = from; i < terminal->received_bytes; i++) {
        if (terminal->received_bytes - i > 3 && memcmp(terminal->received + i, "\033]2;", 4) == 0)
            is_title = true;
        count += !is_title;
        if (terminal->received[i] == '\007')
            is_title = false;
    }
    return count;
}

static void assert_cheap_move(struct test_terminal *terminal, const char *key)
{
    char title[64];
    size_t before = terminal->received_bytes;
    test_terminal_type(terminal, key);
    snprintf(title, sizeof title, "sync:%lu:busy", terminal->sent); /* the pane has not followed yet */
    test_terminal_wait_title(terminal, title);
    assert_in_range(bytes_since(terminal, before), 1, CURSOR_MOVE_BYTES);
    test_terminal_settle(terminal);
}

static void test_ten_thousand_differences_are_moved_through_cheaply(void **state UNUSED)
{
    apply_and_drift(talloc_asprintf(scene,
                                    "DO $$ BEGIN FOR i IN 1..%d LOOP EXECUTE format('CREATE SCHEMA "
                                    "a_schema_with_a_rather_long_name_%%s', i); END LOOP; END $$",
                                    MANY));
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_assert(terminal, "▸ schema (10000)"); /* so many come folded */
    test_terminal_do(terminal, "L");
    test_terminal_assert(terminal, "1 of 10001");
    test_terminal_do(terminal, "jj");
    for (int i = 0; i < 4; i++)
        assert_cheap_move(terminal, i % 2 ? "k" : "j");
    test_terminal_do(terminal, "G");
    test_terminal_assert(terminal, "10001 of 10001");
    assert_cheap_move(terminal, "k");
    test_terminal_do(terminal, "/_9999\r");
    test_terminal_assert(terminal, "2 of 2");
    test_terminal_do(terminal, ESCAPE);
    test_terminal_do(terminal, "ssS");
    test_terminal_assert(terminal, "BY FILE ▼");
    quit(terminal);
}

/* ---- terminals ---- */

static void test_every_size_is_survived(void **state UNUSED)
{
    static const int sizes[][2] = {{8, 40}, {1, 1}, {10, 60}, {2, 5}, {40, 140}, {100, 300}, {11, 61}, {24, 80}};
    static const char *const shapes[] = {"4", "\r", "jj", "\t", "\t", "\t\r", "qc"};
    apply_and_drift(usual_drift);
    struct test_terminal *terminal = open_console();
    for (size_t i = 0; i < countof(shapes); i++) {
        test_terminal_do(terminal, shapes[i]);
        for (size_t j = 0; j < countof(sizes); j++) {
            test_terminal_resize(terminal, sizes[j][0], sizes[j][1]);
            test_terminal_do(terminal, "\014");
        }
    }
    test_terminal_do(terminal, ESCAPE);
    test_terminal_assert(terminal, "Diff › migrations → live");
    quit(terminal);
}

static void test_outside_of_utf8_and_colour_nothing_is_lost(void **state UNUSED)
{
    static const char *const no_color[] = {"NO_COLOR=1", NULL};
    apply_and_drift(usual_drift);
    struct test_terminal_options options = usual(no_color);
    options.locale = "C";
    struct test_terminal *terminal = open_with(options);
    compare_first(terminal);
    assert_row(terminal, "- schema (1)", "!1");
    assert_row(terminal, "audit", "! breaking");
    assert_row(terminal, "public.twice(integer)", "^ behavioural");
    test_terminal_do(terminal, "H\rjtt\r1");
    for (size_t i = 0; i < terminal->received_bytes; i++)
        assert_true((unsigned char)terminal->received[i] < 0x80);
    quit(terminal);
}

static void test_hostile_names_are_shown_not_obeyed(void **state UNUSED)
{
    apply_and_drift(
        "CREATE SCHEMA \"h\033]0;PWNED\007\"; COMMENT ON SCHEMA \"h\033]0;PWNED\007\" IS E'\\x1b[2J\\u202e'");
    struct test_terminal *terminal = open_console();
    compare_first(terminal);
    test_terminal_assert(terminal, "h\\x1B]0;PWNED\\x07");
    test_terminal_do(terminal, "\r");
    test_terminal_do(terminal, "q\t\r");
    test_terminal_do(terminal, "q\t\r");
    assert_null(memmem(terminal->received, terminal->received_bytes, "\033]0;", 4));
    assert_null(memmem(terminal->received, terminal->received_bytes, "\342\200\256", 3));
    assert_int_equal(terminal->bells, 0);
    quit(terminal);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_compared_before_it_is_asked_for),
        TEST(test_enter_compares_migrations_with_the_target),
        TEST(test_equal_mirrors_say_so),
        TEST(test_picker_chooses_both_sides_and_is_remembered),
        TEST(test_swapping_turns_the_script_round),
        TEST(test_refresh_compares_anew_and_keeps_the_cursor),
        TEST(test_d_leads_here_from_other_screens),
        TEST(test_grid_tells_the_parity_of_each_pair),
        TEST(test_cell_of_the_grid_opens_its_pair),
        TEST(test_asking_the_grid_can_be_cancelled),
        TEST(test_folds_take_the_cursor_along),
        TEST(test_attributes_of_one_object_stand_under_it),
        TEST(test_differences_are_grouped_by_severity_and_by_file),
        TEST(test_values_stand_above_each_other_on_a_narrow_screen),
        TEST(test_values_stand_beside_each_other_on_a_wide_screen),
        TEST(test_page_of_a_difference_shows_all_of_it),
        TEST(test_script_and_notes_have_tabs),
        TEST(test_data_loss_is_said_in_words),
        TEST(test_sql_is_copied_by_way_of_the_terminal),
        TEST(test_blame_shows_the_file_at_its_line),
        TEST(test_editor_opens_the_file_at_its_line),
        TEST(test_defect_is_a_card_that_leads_to_the_file),
        TEST(test_building_shows_progress_and_keys_are_answered_meanwhile),
        TEST(test_quitting_ends_what_is_being_built),
        TEST(test_migration_is_made_of_the_script_and_its_plan_shown),
        TEST(test_migration_is_refused_where_the_migrations_are_not_the_origin),
        TEST(test_init_script_is_written_after_a_y_alone),
        TEST(test_ten_thousand_differences_are_moved_through_cheaply),
        TEST(test_every_size_is_survived),
        TEST(test_outside_of_utf8_and_colour_nothing_is_lost),
        TEST(test_hostile_names_are_shown_not_obeyed),
    };
    return cmocka_run_group_tests_name("diff screen", tests, set_up_group, tear_down_group);
}
