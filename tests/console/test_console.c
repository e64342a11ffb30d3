/* pgdeck: allow secrets because all of them are made up */
/* The console in a pseudo-terminal, against a real server: what it shows, what it does, and what it never lets through.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/lib/deck.h"
#include "tests/lib/terminal.h"

#define ESCAPE "\033"
#define CONTROL_C "\003"

enum { CURSOR_MOVE_BYTES = 200, FIRST_PAINT_MS = 1000 /* the aim is 100; a loaded test machine gets more */ };

static struct deck_scene *scene;

static int set_up_group(void **state)
{
    (void)state;
    scene = deck_scene_start(NULL);
    return 0;
}

static int tear_down_group(void **state)
{
    (void)state;
    return talloc_free(scene);
}

static int set_up(void **state)
{
    (void)state;
    deck_scene_reset(scene);
    return 0;
}

/* ---- opening ---- */

static struct test_terminal_options usual(const char *target)
{
    const char **words = talloc_zero_array(scene, const char *, 5);
    words[0] = "-C";
    words[1] = scene->project;
    words[2] = "-d";
    words[3] = target;
    return (struct test_terminal_options){.home = scene->home, .arguments = words};
}

static struct test_terminal *open_with(struct test_terminal_options options)
{
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    test_terminal_settle(terminal);
    return terminal;
}

static struct test_terminal *open_on(const char *target) { return open_with(usual(target)); }

static void quit(struct test_terminal *terminal)
{
    test_terminal_type(terminal, "Q");
    assert_int_equal(test_terminal_end(terminal), 0);
    assert_false(terminal->is_alternate);
    assert_true(terminal->is_cursor_shown);
    talloc_free(terminal);
}

static bool was_applied(const char *version)
{
    return oracle_says(scene->oracle, "SELECT to_regclass('schema_migrations') IS NOT NULL") &&
           oracle_number(scene->oracle, "SELECT count(*) FROM schema_migrations WHERE version = '%s'", version) == 1;
}

/* ---- looking ---- */

static void test_tour_every_screen_shows_what_it_is_for(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    assert_true(terminal->is_alternate);
    assert_false(terminal->is_cursor_shown);
    test_terminal_assert(terminal, "OPEN  shop @ local  as postgres  PostgreSQL");
    test_terminal_assert(terminal, "primary  open");
    test_terminal_assert(terminal, "pending 2");
    test_terminal_do(terminal, "2");
    test_terminal_assert(terminal, "pending  001");
    test_terminal_assert(terminal, "CREATE TABLE first");
    test_terminal_do(terminal, "\t");
    test_terminal_assert(terminal, "[Locks]");
    test_terminal_do(terminal, "\t");
    test_terminal_assert(terminal, "[Notes]");
    test_terminal_do(terminal, "\t");
    test_terminal_assert(terminal, "It was never attempted here.");
    test_terminal_do(terminal, "6");
    test_terminal_assert(terminal, "Nothing was run here yet.");
    test_terminal_do(terminal, "?");
    test_terminal_assert(terminal, "Keys here");
    test_terminal_do(terminal, "q");
    test_terminal_assert(terminal, "Nothing was run here yet.");
    quit(terminal);
}

static void test_notes_show_the_entry_beside_the_sql_where_there_is_room(void **state)
{
    (void)state;
    test_write(scene->project, "docs/DATABASE_MIGRATIONS.md",
               "## 001_first\n\n**Intent.** The table that comes first.\n\n**Safety.** \n");
    struct test_terminal_options options = usual("open");
    options.columns = 100;
    struct test_terminal *terminal = open_with(options);
    test_terminal_do(terminal, "2\t\t\r");
    test_terminal_assert(terminal, "Its safety notes are not written yet.");
    test_terminal_assert(
        terminal, "Intent. The table that comes first.            \xE2\x94\x82 CREATE TABLE first (id integer);");
    quit(terminal);
    terminal = open_on("open");
    test_terminal_do(terminal, "2\t\t\r");
    test_terminal_assert(terminal, "Intent. The table that comes first.");
    assert_false(test_terminal_shows(terminal, "CREATE TABLE first"));
    quit(terminal);
}

static void test_status_shows_the_last_audit_and_what_it_left(void **state)
{
    (void)state;
    test_write(scene->project, "docs/audits/2020-01-31.md",
               "---\ndate: 2020-01-31\nopen: 2\n---\n## Open\n- [x] one\n- [ ] two\n");
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "G");
    test_terminal_assert(terminal, "Last audit  2020-01-31, ");
    test_terminal_assert(terminal, "1 open  docs/audits/2020-01-31.md");
    quit(terminal);
}

static void test_unbound_and_foreign_keys_are_answered(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "z");
    test_terminal_assert(terminal, "z does nothing; ? lists the keys.");
    test_terminal_do(terminal, "A");
    test_terminal_assert(terminal, "A does nothing here: it works in Migrations: press 2.");
    quit(terminal);
}

static void test_filter_shows_matching_rows_and_escape_shows_all(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2/second\r");
    assert_null(strstr(test_terminal_row(terminal, 4), "001"));
    test_terminal_assert(terminal, "1 of 1 (of 2)");
    test_terminal_do(terminal, ESCAPE);
    test_terminal_assert(terminal, "pending  001");
    quit(terminal);
}

/* ---- applying ---- */

static void test_apply_after_y_applies_what_was_shown(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2A");
    test_terminal_assert(terminal, "Apply 2 migrations (3 statements) on shop?");
    test_terminal_assert(terminal, "CREATE TABLE first (id integer)");
    test_terminal_type(terminal, "y");
    test_terminal_wait(terminal, "Applied 2 migrations");
    test_terminal_settle(terminal);
    test_terminal_assert(terminal, "Everything is applied; nothing is pending.");
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM schema_migrations"), 2);
    assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM second"), 1);
    test_terminal_settle(terminal);
    test_terminal_do(terminal, "6");
    test_terminal_assert(terminal, "done");
    test_terminal_do(terminal, "\r");
    test_terminal_assert(terminal, "run_started");
    quit(terminal);
}

static void test_enter_and_other_keys_never_apply(void **state)
{
    (void)state;
    static const char *const keys[] = {"2A\r",
                                       "2A"
                                       "A",
                                       "2pA\r",
                                       "2\r\r",
                                       "2A\rA\r",
                                       "2An"};
    for (size_t i = 0; i < countof(keys); i++) {
        struct test_terminal *terminal = open_on("open");
        test_terminal_do(terminal, "2");
        for (const char *at = keys[i] + 1; *at; at++)
            test_terminal_do(terminal, (const char[]){*at, '\0'});
        assert_false(was_applied("001"));
        test_terminal_do(terminal, ESCAPE);
        quit(terminal);
    }
}

static void test_guarded_target_wants_its_whole_name(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("careful");
    test_terminal_do(terminal, "2A");
    test_terminal_assert(terminal, "Type shop, the name of the database:");
    test_terminal_do(terminal, "y\r");
    test_terminal_assert(terminal, "That is not the name. Nothing was done");
    assert_false(was_applied("001"));
    test_terminal_do(terminal, "\025sho\r");
    assert_false(was_applied("001"));
    test_terminal_type(terminal, "p\r");
    test_terminal_wait(terminal, "Applied 2 migrations");
    assert_true(was_applied("002"));
    test_terminal_settle(terminal);
    quit(terminal);
}

static void test_read_only_target_refuses_with_the_way_out(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("locked");
    test_terminal_assert(terminal, "read-only  READ-ONLY");
    test_terminal_do(terminal, "2A");
    test_terminal_assert(terminal, "Nothing is written: the target's guard level is read-only.");
    assert_false(was_applied("001"));
    quit(terminal);
}

static void test_marked_rows_are_applied_alone(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2 A");
    test_terminal_assert(terminal, "Apply 1 migration (1 statement) on shop?");
    test_terminal_type(terminal, "y");
    test_terminal_wait(terminal, "1 stay pending");
    test_terminal_settle(terminal);
    assert_true(was_applied("001"));
    assert_false(was_applied("002"));
    quit(terminal);
}

static void test_dry_run_changes_nothing(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2D");
    test_terminal_assert(terminal, "Run and roll back 2 migrations");
    test_terminal_type(terminal, "y");
    test_terminal_wait(terminal, "Rehearsed and rolled back 2 migrations");
    test_terminal_settle(terminal);
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('first') IS NULL"));
    quit(terminal);
}

static void test_failed_apply_tells_place_state_and_next_step(void **state)
{
    (void)state;
    deck_scene_write(scene, "002_second.sql", "CREATE TABLE second (id integer);\n\nINSERT INTO nowhere VALUES (1);\n");
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2A");
    test_terminal_type(terminal, "y");
    test_terminal_wait(terminal, "002 failed at statement 2, migrations/002_second.sql:3");
    test_terminal_settle(terminal);
    test_terminal_assert(terminal, "42P01 ");
    test_terminal_assert(terminal, "Nothing of 002 stands, and the ledger has no row of it");
    test_terminal_assert(terminal, "`pgdeck diff migrations live`");
    test_terminal_assert(terminal, "1 of 2 are not applied.");
    assert_true(was_applied("001"));
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('second') IS NULL"));
    quit(terminal);
}

static void test_control_c_cancels_a_running_apply(void **state)
{
    (void)state;
    deck_scene_write(scene, "001_first.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2A");
    test_terminal_type(terminal, "y");
    test_terminal_wait(terminal, "statement 1 of 1");
    test_terminal_type(terminal, "q"); /* the page stays */
    test_terminal_wait(terminal, "The run goes on");
    test_terminal_type(terminal, CONTROL_C);
    test_terminal_wait(terminal, "001 failed");
    test_terminal_settle(terminal);
    assert_false(was_applied("001"));
    quit(terminal);
}

static void test_changed_file_makes_a_shown_plan_stale(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2A");
    deck_scene_write(scene, "002_second.sql", "CREATE TABLE other (id integer);\n");
    test_terminal_type(terminal, "y");
    test_terminal_wait(terminal, "what was planned is no longer true");
    test_terminal_settle(terminal);
    assert_false(was_applied("001"));
    quit(terminal);
}

static void test_plan_shows_locks_and_asks_for_the_name_before_data_is_lost(void **state)
{
    (void)state;
    static const char *const measured[] = {"PGDECK_MEASURE=always", NULL};
    struct test_terminal_options options = usual("open");
    options.environment = measured;
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes", "-q");
    deck_scene_write(scene, "003_third.sql", "DROP TABLE second;\n");
    struct test_terminal *terminal = open_with(options);
    test_terminal_do(terminal, "2");
    test_terminal_type(terminal, "p");
    test_terminal_wait(terminal, "locks     ACCESS EXCLUSIVE: public.second");
    test_terminal_wait(terminal, "data-loss, critical");
    test_terminal_type(terminal, "A");
    test_terminal_wait(terminal, "this loses data");
    test_terminal_type(terminal, "shop\r");
    test_terminal_wait(terminal, "Applied 1 migration");
    test_terminal_settle(terminal);
    assert_true(was_applied("003"));
    quit(terminal);
}

/* ---- the command line ---- */

static void test_command_line_runs_the_scripted_commands(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, ":plan\r");
    test_terminal_assert(terminal, "migrations/002_second.sql");
    test_terminal_assert(terminal, "exit status 0");
    test_terminal_do(terminal, "q:nonsense\r");
    test_terminal_assert(terminal, "unknown command \"nonsense\"");
    test_terminal_assert(terminal, "exit status 2");
    quit(terminal);
}

static void test_command_that_writes_asks_in_a_dialog(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("careful");
    test_terminal_type(terminal, ":mark 001 --applied --reason \"by hand\"\r");
    test_terminal_wait(terminal, "Type shop, the name of the database:");
    test_terminal_type(terminal, "shop\r");
    test_terminal_wait(terminal, "exit status 0");
    test_terminal_settle(terminal);
    assert_true(was_applied("001"));
    quit(terminal);
}

static void test_refused_command_writes_nothing(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_type(terminal, ":apply\r");
    test_terminal_wait(terminal, "[ Cancel ]");
    test_terminal_type(terminal, "\r");
    test_terminal_wait(terminal, "exit status 4");
    test_terminal_settle(terminal);
    assert_false(was_applied("001"));
    quit(terminal);
}

static void test_line_is_edited_with_wide_characters(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, ":bogus 日本\001X");
    assert_true(terminal->is_cursor_shown);
    assert_string_equal(test_terminal_row(terminal, 22), " :Xbogus 日本");
    test_terminal_do(terminal, "\005\033[DY");
    assert_string_equal(test_terminal_row(terminal, 22), " :Xbogus 日Y本");
    test_terminal_do(terminal, ESCAPE);
    assert_false(terminal->is_cursor_shown);
    test_terminal_do(terminal, ":messages\rq:\020");
    assert_string_equal(test_terminal_row(terminal, 22), " :messages");
    test_terminal_do(terminal, CONTROL_C);
    test_terminal_do(terminal, ":sett\t");
    assert_string_equal(test_terminal_row(terminal, 22), " :settings");
    test_terminal_do(terminal, ESCAPE);
    quit(terminal);
}

static void test_line_with_a_password_is_not_kept(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, ":ping postgres://u:geheim@h/d\rq:\020");
    assert_null(strstr(test_terminal_row(terminal, 22), "geheim"));
    test_terminal_do(terminal, ESCAPE);
    quit(terminal);
}

static void test_paste_outside_of_a_line_is_discarded(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2A\033[200~y\r\033[201~");
    test_terminal_assert(terminal, "[ Cancel ]");
    assert_false(was_applied("001"));
    test_terminal_do(terminal, "n\033[200~QQ\033[201~");
    test_terminal_assert(terminal, "A paste was discarded");
    test_terminal_do(terminal, ":\033[200~pasted\rtext\033[201~");
    assert_string_equal(test_terminal_row(terminal, 22), " :pasted text");
    test_terminal_do(terminal, ESCAPE);
    quit(terminal);
}

/* ---- hostile text ---- */

#define HOSTILE "\033]0;PWNED\007\033[2J\033[31mred\033]52;c;UFdO\007\302\233\342\200\256\342\200\213"

static void test_hostile_bytes_never_reach_the_terminal(void **state)
{
    (void)state;
    deck_scene_write(scene, "001_first.sql",
                     "-- " HOSTILE "\nDO $$ BEGIN RAISE NOTICE '%', E'n\\x1b]0;PWNED\\x07'; END $$;\n");
    deck_scene_write(scene, "002_second.sql",
                     "DO $$ BEGIN RAISE EXCEPTION '%', E'e\\x1b]0;PWNED\\x07\\u202e'; END $$;\n");
    test_write(scene->project, "docs/DATABASE_MIGRATIONS.md", "## 001_first\n\n" HOSTILE "\n");
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2");
    test_terminal_assert(terminal, "\\x1B]0;PWNED\\x07");
    test_terminal_do(terminal, "\t");
    test_terminal_do(terminal, "\t\r\r");
    test_terminal_do(terminal, "qA");
    test_terminal_type(terminal, "y");
    test_terminal_wait(terminal, "002 failed");
    test_terminal_settle(terminal);
    test_terminal_assert(terminal, "e\\x1B]0;PWNED\\x07\\u202E");
    oracle_execute(scene->oracle,
                   "INSERT INTO schema_migration_events (run, version, event, person, detail) VALUES "
                   "(E'r\\x1b]0;PWNED\\x07', E'\\x1b[2J', 'failed', E'\\x1b]0;PWNED\\x07\\u202e', '{}')");
    oracle_execute(scene->oracle,
                   "INSERT INTO schema_migrations (version, description) VALUES ('009', E'\\x1b]0;PWNED\\x07')");
    test_terminal_do(terminal, "r6\rq\t");
    test_terminal_do(terminal, "2r");
    test_terminal_do(terminal, ":status\r");
    test_terminal_do(terminal, "q:journal\r");
    assert_null(memmem(terminal->received, terminal->received_bytes, "\033]0;", 4));
    assert_null(memmem(terminal->received, terminal->received_bytes, "\033]52;", 5));
    assert_null(memmem(terminal->received, terminal->received_bytes, "\302\233", 2));
    assert_null(memmem(terminal->received, terminal->received_bytes, "\342\200\256", 3));
    assert_null(memmem(terminal->received, terminal->received_bytes, "\342\200\213", 3));
    assert_int_equal(terminal->bells, 0);
    assert_int_equal(terminal->mouse, 0);
    quit(terminal);
}

static void test_hostile_file_name_is_shown_not_obeyed(void **state)
{
    (void)state;
    deck_scene_write(scene, "003_\033]0;PWNED\007.sql", "SELECT 1;\n");
    struct test_terminal *terminal = open_on("open");
    test_terminal_assert(terminal, "003_\\x1B]0;PWNED\\x07.sql");
    test_terminal_do(terminal, "2r:messages\r");
    assert_null(memmem(terminal->received, terminal->received_bytes, "\033]0;", 4));
    assert_int_equal(terminal->bells, 0);
    quit(terminal);
}

static void test_saved_screen_is_what_was_shown(void **state)
{
    (void)state;
    char *path = talloc_asprintf(scene, "%s/screen.txt", scene->home), text[8192] = "";
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2");
    const char *row = test_terminal_row(terminal, 4);
    test_terminal_do(terminal, talloc_asprintf(scene, ":screen %s\r", path));
    test_terminal_assert(terminal, "The screen was saved in");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(text, row));
    assert_null(strstr(text, ":screen"));
    quit(terminal);
}

static void test_editor_gets_the_terminal_and_gives_it_back(void **state)
{
    (void)state;
    static const char *const editor[] = {"EDITOR=echo '-- edited' >>", NULL};
    struct test_terminal_options options = usual("open");
    options.environment = editor;
    struct test_terminal *terminal = open_with(options);
    test_terminal_do(terminal, "2");
    test_terminal_do(terminal, "e");
    test_terminal_assert(terminal, "-- edited");
    assert_true(terminal->is_alternate);
    quit(terminal);
}

/* ---- the terminal's own troubles ---- */

static void test_every_size_is_survived(void **state)
{
    (void)state;
    static const int sizes[][2] = {{8, 40}, {1, 1}, {10, 60}, {2, 5}, {40, 140}, {100, 300}, {24, 80}};
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2");
    for (size_t i = 0; i < countof(sizes); i++) {
        test_terminal_resize(terminal, sizes[i][0], sizes[i][1]);
        test_terminal_do(terminal, "jk\014");
        if (sizes[i][0] == 8)
            test_terminal_wait(terminal, "terminal 40x8, need 60x10");
    }
    test_terminal_wait(terminal, "pending  001");
    quit(terminal);
}

static void test_suspend_and_resume_bring_the_screen_back(void **state)
{
    (void)state;
    struct test_terminal_options options = usual("open");
    options.parent = TERMINAL_IN_SHELL;
    struct test_terminal *terminal = open_with(options);
    test_terminal_do(terminal, "2");
    test_terminal_type(terminal, "\032");
    test_terminal_wait(terminal, "job stopped");
    assert_false(terminal->is_alternate);
    assert_true(terminal->is_cursor_shown);
    test_terminal_type_above(terminal, "fg\n");
    test_terminal_wait(terminal, "pending  001");
    assert_true(terminal->is_alternate);
    test_terminal_do(terminal, "j");
    quit(terminal);
}

static void test_signals_give_the_terminal_back(void **state)
{
    (void)state;
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGTERM, SIGHUP};
    for (size_t i = 0; i < countof(signals); i++) {
        struct test_terminal *terminal = open_on("open");
        kill(terminal->pid, signals[i]);
        assert_int_equal(test_terminal_end(terminal), 128 + signals[i]);
        assert_false(terminal->is_alternate);
        assert_true(terminal->is_cursor_shown);
        talloc_free(terminal);
    }
}

static void test_unknown_terminal_type_falls_back_with_a_warning(void **state)
{
    (void)state;
    struct test_terminal_options options = usual("open");
    options.term = "no-such-terminal";
    struct test_terminal *terminal = open_with(options);
    test_terminal_assert(terminal, "the terminal type no-such-terminal is not known here; using xterm-256color");
    quit(terminal);
}

static void test_dumb_terminal_is_refused_with_the_way_out(void **state)
{
    (void)state;
    struct test_terminal_options options = usual("open");
    options.term = "dumb";
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    assert_int_equal(test_terminal_end(terminal), 2);
    test_terminal_assert(terminal, "pgdeck status");
    assert_false(terminal->is_alternate);
}

/* Whether the bytes set a colour: SGR 30-37, 40-47, 90-97, 38, 48. */
static bool sets_colour(const struct test_terminal *terminal)
{
    for (size_t i = 0; i + 3 < terminal->received_bytes; i++)
        if (memcmp(terminal->received + i, "\033[3", 3) == 0 || memcmp(terminal->received + i, "\033[4", 3) == 0)
            if (strchr("01234567", terminal->received[i + 3]) && terminal->received[i + 3])
                return true;
    return false;
}

static void test_without_colour_states_differ_by_text(void **state)
{
    (void)state;
    static const char *const no_color[] = {"NO_COLOR=1", NULL};
    DECK_RUN(scene, 0, "-d", "open", "apply", "--to", "001", "--yes");
    struct test_terminal_options options = usual("open");
    options.environment = no_color;
    struct test_terminal *terminal = open_with(options);
    test_terminal_do(terminal, "2");
    test_terminal_assert(terminal, "✔ applied  001");
    test_terminal_assert(terminal, "● pending  002");
    assert_false(sets_colour(terminal));
    quit(terminal);
    terminal = open_on("open");
    test_terminal_do(terminal, "2");
    assert_true(sets_colour(terminal)); /* the check can fail */
    quit(terminal);
}

static void test_vt100_and_linux_show_the_same_text(void **state)
{
    (void)state;
    static const char *const types[] = {"vt100", "linux", "tmux-256color", "screen"};
    for (size_t i = 0; i < countof(types); i++) {
        struct test_terminal_options options = usual("open");
        options.term = types[i];
        struct test_terminal *terminal = open_with(options);
        test_terminal_do(terminal, "2");
        test_terminal_assert(terminal, "pending  001");
        test_terminal_type(terminal, "Q");
        assert_int_equal(test_terminal_end(terminal), 0);
        talloc_free(terminal);
    }
}

static void test_outside_of_utf8_everything_is_ascii(void **state)
{
    (void)state;
    deck_scene_write(scene, "001_first.sql", "-- 日本 ✔\nCREATE TABLE first (id integer);\n");
    struct test_terminal_options options = usual("open");
    options.locale = "C";
    struct test_terminal *terminal = open_with(options);
    test_terminal_do(terminal, "2");
    test_terminal_assert(terminal, "* pending  001");
    test_terminal_do(terminal, "A");
    for (size_t i = 0; i < terminal->received_bytes; i++)
        assert_true((unsigned char)terminal->received[i] < 0x80);
    test_terminal_do(terminal, ESCAPE);
    quit(terminal);
}

/* ---- economy ---- */

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

static void test_cursor_move_is_cheap_and_idling_costs_nothing(void **state)
{
    (void)state;
    char name[64];
    for (int i = 3; i < 20; i++) {
        snprintf(name, sizeof name, "%03d_a_rather_long_description_%d.sql", i, i);
        deck_scene_write(scene, name, "SELECT 1;\n");
    }
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2jj");
    size_t before = terminal->received_bytes;
    char title[64];
    test_terminal_type(terminal, "j");
    snprintf(title, sizeof title, "sync:%lu:busy", terminal->sent); /* the pane has not followed yet */
    test_terminal_wait_title(terminal, title);
    size_t moved = bytes_since(terminal, before);
    assert_in_range(moved, 1, CURSOR_MOVE_BYTES);
    test_terminal_settle(terminal);
    before = terminal->received_bytes;
    test_terminal_read(terminal, 400);
    assert_in_range(bytes_since(terminal, before), 0, 40); /* at most the clock's minute */
    quit(terminal);
}

static void test_first_picture_does_not_wait_for_the_server(void **state)
{
    (void)state;
    char *folder = test_directory(scene);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 5), 0); /* takes connections, never answers */
    struct test_terminal_options options = usual(talloc_asprintf(scene, "host=%s dbname=x user=x", folder));
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    test_terminal_read(terminal, FIRST_PAINT_MS / 10);
    for (int i = 0; i < 9 && !test_terminal_shows(terminal, "1 Status"); i++)
        test_terminal_read(terminal, FIRST_PAINT_MS / 10);
    test_terminal_assert(terminal, "1 Status");
    test_terminal_type(terminal, "2");
    test_terminal_wait(terminal, "Reading the files and the target");
    test_terminal_do(terminal, CONTROL_C);
    test_terminal_assert(terminal, "r tries again");
    close(fd);
    quit(terminal);
}

static void test_lost_connection_shows_a_banner_and_comes_back(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2j");
    test_server_stop(scene->server, TEST_STOP_FAST);
    test_terminal_do(terminal, "r");
    bool has_banner = test_terminal_shows(terminal, "NOT CONNECTED, trying again");
    const char *row = test_terminal_row(terminal, 6);
    test_server_restart(scene->server);
    oracle_reopen(scene->oracle);
    assert_true(has_banner);
    assert_non_null(strstr(row, "> ● pending  002"));
    for (int i = 0; i < 200 && test_terminal_shows(terminal, "NOT CONNECTED"); i++)
        test_terminal_read(terminal, 100);
    assert_false(test_terminal_shows(terminal, "NOT CONNECTED")); /* by itself: no key was pressed */
    assert_non_null(strstr(test_terminal_row(terminal, 5), "> ● pending  002"));
    quit(terminal);
}

static void test_cursor_follows_its_row_through_a_refresh(void **state)
{
    (void)state;
    deck_scene_write(scene, "005_fifth.sql", "SELECT 1;\n");
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "2G");
    assert_non_null(strstr(test_terminal_row(terminal, 6), "> ● pending  005"));
    deck_scene_write(scene, "003_third.sql", "SELECT 1;\n");
    deck_scene_write(scene, "004_fourth.sql", "SELECT 1;\n");
    test_terminal_do(terminal, "r");
    assert_non_null(strstr(test_terminal_row(terminal, 8), "> ● pending  005"));
    quit(terminal);
}

/* ---- scripts ---- */

static void test_script_plays_keys_and_saves_screens_without_a_terminal(void **state)
{
    (void)state;
    char *picture = talloc_asprintf(scene, "%s/picture.txt", scene->home);
    test_write(scene->home, "tour.keys",
               talloc_asprintf(scene, "# a tour\nresize 100 30\nwait\nkeys 2 j\nwait\nscreen %s\ncommand plan\nwait\n",
                               picture));
    DECK_RUN(scene, 0, "-d", "open", "console", "--script", talloc_asprintf(scene, "%s/tour.keys", scene->home));
    FILE *file = fopen(picture, "r");
    assert_non_null(file);
    char text[8192] = "";
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_true(size > 0);
    assert_non_null(strstr(text, "pending  002"));
}

static void test_script_with_an_unknown_step_is_refused_by_line(void **state)
{
    (void)state;
    test_write(scene->home, "bad.keys", "wait\nkeys j\nfly\n");
    char *path = talloc_asprintf(scene, "%s/bad.keys", scene->home);
    DECK_RUN(scene, 2, "-d", "open", "console", "--script", path);
    assert_non_null(strstr(scene->program->err, "bad.keys:3:1: unknown step \"fly\""));
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(test_tour_every_screen_shows_what_it_is_for),
        TEST(test_notes_show_the_entry_beside_the_sql_where_there_is_room),
        TEST(test_status_shows_the_last_audit_and_what_it_left),
        TEST(test_unbound_and_foreign_keys_are_answered),
        TEST(test_filter_shows_matching_rows_and_escape_shows_all),
        TEST(test_apply_after_y_applies_what_was_shown),
        TEST(test_enter_and_other_keys_never_apply),
        TEST(test_guarded_target_wants_its_whole_name),
        TEST(test_read_only_target_refuses_with_the_way_out),
        TEST(test_marked_rows_are_applied_alone),
        TEST(test_dry_run_changes_nothing),
        TEST(test_failed_apply_tells_place_state_and_next_step),
        TEST(test_control_c_cancels_a_running_apply),
        TEST(test_changed_file_makes_a_shown_plan_stale),
        TEST(test_plan_shows_locks_and_asks_for_the_name_before_data_is_lost),
        TEST(test_command_line_runs_the_scripted_commands),
        TEST(test_command_that_writes_asks_in_a_dialog),
        TEST(test_refused_command_writes_nothing),
        TEST(test_line_is_edited_with_wide_characters),
        TEST(test_line_with_a_password_is_not_kept),
        TEST(test_paste_outside_of_a_line_is_discarded),
        TEST(test_hostile_bytes_never_reach_the_terminal),
        TEST(test_hostile_file_name_is_shown_not_obeyed),
        TEST(test_saved_screen_is_what_was_shown),
        TEST(test_editor_gets_the_terminal_and_gives_it_back),
        TEST(test_every_size_is_survived),
        TEST(test_suspend_and_resume_bring_the_screen_back),
        TEST(test_signals_give_the_terminal_back),
        TEST(test_unknown_terminal_type_falls_back_with_a_warning),
        TEST(test_dumb_terminal_is_refused_with_the_way_out),
        TEST(test_without_colour_states_differ_by_text),
        TEST(test_vt100_and_linux_show_the_same_text),
        TEST(test_outside_of_utf8_everything_is_ascii),
        TEST(test_cursor_move_is_cheap_and_idling_costs_nothing),
        TEST(test_first_picture_does_not_wait_for_the_server),
        TEST(test_lost_connection_shows_a_banner_and_comes_back),
        TEST(test_cursor_follows_its_row_through_a_refresh),
        TEST(test_script_plays_keys_and_saves_screens_without_a_terminal),
        TEST(test_script_with_an_unknown_step_is_refused_by_line),
    };
    return cmocka_run_group_tests_name("console", tests, set_up_group, tear_down_group);
}
