/* The screen Activity in a pseudo-terminal, with real sessions that block each other. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>

#include "tests/lib/crowd.h"
#include "tests/lib/deck.h"
#include "tests/lib/terminal.h"

#define ESCAPE "\033"
#define REPORT ((struct crowd_person){"report", NULL})
#define ALTER ((struct crowd_person){"alter", NULL})
#define READER ((struct crowd_person){"reader", NULL})

static struct deck_scene *scene;
static struct crowd *crowd;

static int set_up_group(void **state)
{
    (void)state;
    scene = deck_scene_start(NULL);
    test_server_execute(scene->server, "postgres", "CREATE ROLE plain LOGIN");
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
    oracle_execute(scene->oracle, "CREATE TABLE t (id integer PRIMARY KEY, v integer);"
                                  "INSERT INTO t SELECT g, g FROM generate_series(1, 100) g");
    crowd = crowd_new(scene, scene->server, DECK_DATABASE, scene->oracle);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    talloc_free(crowd);
    return 0;
}

static struct test_terminal *open_at(const char *target, int rows, int columns)
{
    const char **words = talloc_zero_array(crowd, const char *, 5);
    words[0] = "-C";
    words[1] = scene->project;
    words[2] = "-d";
    words[3] = target;
    struct test_terminal_options options = {.home = scene->home, .arguments = words, .rows = rows, .columns = columns};
    struct test_terminal *terminal = test_terminal_start(scene, &options);
    test_terminal_settle(terminal);
    test_terminal_do(terminal, "5");
    return terminal;
}

static struct test_terminal *open_on(const char *target) { return open_at(target, 24, 80); }

static void quit(struct test_terminal *terminal)
{
    test_terminal_type(terminal, "Q");
    assert_int_equal(test_terminal_end(terminal), 0);
    talloc_free(terminal);
}

struct chain {
    int report, alter, reader;
};

static struct chain make_chain(void)
{
    struct chain chain;
    chain.report = crowd_hold(crowd, REPORT, "BEGIN; UPDATE t SET v = 0 WHERE id = 1");
    chain.alter = crowd_queue(crowd, ALTER, "ALTER TABLE t ADD COLUMN x integer");
    chain.reader = crowd_queue(crowd, READER, "SELECT count(*) FROM t");
    return chain;
}

static const char *number(int pid) { return talloc_asprintf(crowd, "%d", pid); }

/* The row of the list that holds a text, or -1. */
static int row_of(struct test_terminal *terminal, const char *text)
{
    for (int i = 0; i < terminal->rows; i++)
        if (strstr(test_terminal_row(terminal, i), text))
            return i;
    return -1;
}

/* The row that the cursor's mark stands before. */
static const char *cursor_row(struct test_terminal *terminal)
{
    for (int i = 3; i < terminal->rows - 2; i++)
        if (test_terminal_row(terminal, i)[0] == '>')
            return test_terminal_row(terminal, i);
    return "";
}

static void go_to(struct test_terminal *terminal, const char *text)
{
    for (int i = 0; i < 20 && !strstr(cursor_row(terminal), text); i++)
        test_terminal_do(terminal, "j");
    assert_non_null(strstr(cursor_row(terminal), text));
}

/* ---- looking ---- */

static void test_activity_screen_shows_the_chain_as_a_tree(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    struct test_terminal *terminal = open_on("open");
    test_terminal_assert(terminal, "2 wait for a lock");
    int report = row_of(terminal, number(chain.report)), alter = row_of(terminal, number(chain.alter)),
        reader = row_of(terminal, number(chain.reader));
    assert_true(report == 4 && alter == 5 && reader == 6);
    test_terminal_assert(terminal, talloc_asprintf(crowd, "▾ %d", chain.report));
    test_terminal_assert(terminal, talloc_asprintf(crowd, "  ▾ %d", chain.alter));
    assert_non_null(strstr(test_terminal_row(terminal, alter), "waits"));
    assert_non_null(strstr(test_terminal_row(terminal, alter), "for AccessExclus"));
    assert_non_null(strstr(test_terminal_row(terminal, report), "idle in tx"));
    test_terminal_assert(terminal, talloc_asprintf(crowd, "holds up 2 sessions: %d %d", chain.alter, chain.reader));
    test_terminal_assert(terminal, "UPDATE t SET v = 0 WHERE id = 1");
    go_to(terminal, number(chain.reader));
    test_terminal_assert(terminal, talloc_asprintf(crowd, "blocked by %d", chain.alter));
    test_terminal_do(terminal, "\r");
    test_terminal_assert(terminal, "waits for  AccessShareLock           public.t");
    test_terminal_do(terminal, "q");
    quit(terminal);
}

static void test_activity_screen_has_the_detail_beside_on_a_wide_terminal(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    struct test_terminal *terminal = open_at("open", 40, 140);
    const char *row = test_terminal_row(terminal, row_of(terminal, talloc_asprintf(crowd, "%d  report", chain.report)));
    assert_non_null(strstr(row, "│ "));
    test_terminal_assert(terminal, "holds      RowExclusiveLock          public.t");
    quit(terminal);
}

static void test_activity_screen_cursor_follows_the_process_id(void **state)
{
    (void)state;
    int sleeper = crowd_start(crowd, (struct crowd_person){"sleeper", NULL}, "SELECT pg_sleep(60)");
    struct test_terminal *terminal = open_on("open");
    go_to(terminal, number(sleeper));
    int before = row_of(terminal, number(sleeper));
    make_chain();
    test_terminal_do(terminal, "r");
    test_terminal_assert(terminal, "2 wait for a lock");
    assert_non_null(strstr(cursor_row(terminal), number(sleeper)));
    assert_true(row_of(terminal, number(sleeper)) > before);
    quit(terminal);
}

static void test_activity_screen_refreshes_by_itself_when_told_to(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    test_terminal_do(terminal, "R");
    test_terminal_assert(terminal, "every 2 s");
    make_chain();
    test_terminal_wait(terminal, "4 sessions, 2 wait for a lock");
    test_terminal_do(terminal, "R");
    test_terminal_assert(terminal, "Reading only when asked");
    quit(terminal);
}

static void test_activity_screen_shows_how_far_an_index_build_is(void **state)
{
    (void)state;
    int report = crowd_hold(crowd, REPORT, "BEGIN; UPDATE t SET v = 0 WHERE id = 1");
    int build = crowd_queue(crowd, ALTER, "CREATE INDEX CONCURRENTLY t_v ON t (v)");
    struct test_terminal *terminal = open_at("open", 30, 140);
    go_to(terminal, number(build));
    test_terminal_assert(terminal, "waiting for writers before build, 0 of 1 sessions");
    test_terminal_assert(terminal, talloc_asprintf(crowd, "waits for session %d", report));
    quit(terminal);
}

static void test_activity_screen_of_a_plain_role_says_unknown(void **state)
{
    (void)state;
    make_chain();
    test_write(scene->project, "pgdeck.yaml", "project: shop\n");
    struct test_terminal *terminal = open_on(talloc_asprintf(crowd, "%s user=plain", scene->target));
    test_terminal_assert(terminal, "of other roles do is unknown: role plain may not see it");
    test_terminal_assert(terminal, "unknown");
    test_terminal_assert(terminal, "GRANT pg_read_all_stats TO \"plain\" shows it.");
    quit(terminal);
}

static void test_activity_screen_sends_hostile_texts_as_escapes(void **state)
{
    (void)state;
    int pid = crowd_start(crowd, (struct crowd_person){"\033]0;name\a", NULL},
                          "SELECT pg_sleep(60) -- \033]0;query\a \xE2\x80\xAE");
    struct test_terminal *terminal = open_on("open");
    go_to(terminal, number(pid));
    test_terminal_assert(terminal, "\\x1B]0;query\\x07 \\u202E");
    test_terminal_do(terminal, "C");
    test_terminal_assert(terminal, "\\x1B]0;query");
    test_terminal_do(terminal, ESCAPE);
    assert_null(memmem(terminal->received, terminal->received_bytes, "]0;query\a", 9));
    quit(terminal);
}

static void test_activity_screen_without_a_server_says_what_to_do(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("host=/nowhere dbname=x");
    test_terminal_assert(terminal, "/nowhere");
    test_terminal_assert(terminal, "r tries again");
    quit(terminal);
}

/* Stops what pgdeck has at work on the server, or lets it go on. */
static void signal_backends(const char *pids, int signal_number)
{
    char *end;
    for (const char *at = pids; *at; at = end + (*end == ' '))
        assert_int_equal(kill((pid_t)strtol(at, &end, 10), signal_number), 0);
}

static void test_activity_screen_answers_keys_while_a_reading_hangs(void **state)
{
    (void)state;
    struct test_terminal *terminal = open_on("open");
    const char *pids =
        oracle_text(scene->oracle,
                    "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE application_name LIKE 'pgdeck %%'");
    assert_true(*pids != '\0');
    signal_backends(pids, SIGSTOP);
    test_terminal_type(terminal, "r");
    test_terminal_wait_title(terminal, talloc_asprintf(crowd, "sync:%lu:busy", terminal->sent));
    test_terminal_type(terminal, "?");
    test_terminal_wait(terminal, "Keys here");
    signal_backends(pids, SIGCONT);
    test_terminal_do(terminal, "q");
    test_terminal_assert(terminal, "nobody waits for a lock");
    quit(terminal);
}

/* ---- stopping ---- */

static void test_activity_screen_cancels_after_y_alone(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    struct test_terminal *terminal = open_on("open");
    go_to(terminal, number(chain.alter));
    static const char *const others[] = {"\r", ESCAPE, "n", "q"};
    for (size_t i = 0; i < countof(others); i++) {
        test_terminal_do(terminal, "C");
        test_terminal_assert(terminal,
                             talloc_asprintf(crowd, "Cancel the statement of session %d on open?", chain.alter));
        test_terminal_do(terminal, others[i]);
        test_terminal_assert(terminal, "was left alone");
    }
    assert_true(
        oracle_says(scene->oracle, "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %d AND NOT granted)", chain.alter));
    test_terminal_do(terminal, "Cy");
    test_terminal_assert(terminal, talloc_asprintf(crowd, "session %d: the statement was cancelled", chain.alter));
    assert_string_equal(crowd_outcome(crowd, chain.alter), "57014");
    assert_true(crowd_is_there(crowd, chain.alter));
    test_terminal_assert(terminal, "nobody waits for a lock");
    quit(terminal);
}

static void test_activity_screen_terminates_after_the_name_alone(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    struct test_terminal *terminal = open_on("open");
    go_to(terminal, number(chain.report));
    test_terminal_do(terminal, "T");
    test_terminal_assert(terminal, "a session's work is lost");
    test_terminal_do(terminal, "y\r");
    test_terminal_assert(terminal, "That is not the name.");
    test_terminal_do(terminal, ESCAPE);
    assert_true(crowd_is_there(crowd, chain.report));
    test_terminal_do(terminal, "Tshop\r");
    test_terminal_assert(terminal, talloc_asprintf(crowd, "session %d: the session was terminated", chain.report));
    assert_false(crowd_is_there(crowd, chain.report));
    assert_string_equal(crowd_outcome(crowd, chain.alter), "");
    test_terminal_assert(terminal, "nobody waits for a lock");
    assert_int_equal(row_of(terminal, talloc_asprintf(crowd, "%d  ", chain.report)), -1);
    quit(terminal);
}

/* The question stays about the session that it named, whatever has become of it and of the rows meanwhile. */
static void test_activity_screen_says_that_the_session_ended_while_it_asked(void **state)
{
    (void)state;
    int sleeper = crowd_start(crowd, (struct crowd_person){"sleeper", NULL}, "SELECT pg_sleep(60)");
    int other = crowd_start(crowd, (struct crowd_person){"sleeper", NULL}, "SELECT pg_sleep(60)");
    struct test_terminal *terminal = open_on("open");
    go_to(terminal, number(sleeper));
    test_terminal_do(terminal, "RT");
    oracle_execute(scene->oracle, "SELECT pg_terminate_backend(%d)", sleeper);
    assert_true(oracle_wait(scene->oracle, TERMINAL_PATIENCE_MS,
                            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d)", sleeper));
    test_terminal_wait(terminal, "2 sessions: 1 active");
    test_terminal_do(terminal, "shop\r");
    test_terminal_assert(terminal, talloc_asprintf(crowd, "no session of this server has the process id %d", sleeper));
    assert_true(crowd_is_there(crowd, other));
    quit(terminal);
}

static void test_activity_screen_cancel_of_an_idle_session_says_why_not(void **state)
{
    (void)state;
    int report = crowd_hold(crowd, REPORT, "BEGIN; UPDATE t SET v = 0 WHERE id = 1");
    struct test_terminal *terminal = open_on("open");
    go_to(terminal, number(report));
    test_terminal_do(terminal, "C");
    test_terminal_assert(terminal, "runs no statement that could be cancelled");
    quit(terminal);
}

static void test_activity_screen_of_a_prepared_transaction_says_how_it_ends(void **state)
{
    (void)state;
    crowd_hold(crowd, REPORT, "BEGIN; LOCK TABLE t IN SHARE MODE; PREPARE TRANSACTION 'half'");
    int writer = crowd_queue(crowd, READER, "UPDATE t SET v = 1");
    struct test_terminal *terminal = open_on("open");
    assert_non_null(strstr(cursor_row(terminal), "▾ prepared"));
    test_terminal_assert(terminal, talloc_asprintf(crowd, "holds up 1 session: %d", writer));
    test_terminal_do(terminal, "T");
    test_terminal_assert(terminal, "This is no session. ROLLBACK PREPARED 'half'; ends it");
    oracle_execute(scene->oracle, "ROLLBACK PREPARED 'half'");
    quit(terminal);
}

/* The database is gone and comes back under the screen. */
static void test_activity_screen_keeps_its_picture_while_the_server_is_away(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    struct test_terminal *terminal = open_on("open");
    test_server_execute(scene->server, "postgres", "ALTER DATABASE " DECK_DATABASE " ALLOW_CONNECTIONS false");
    oracle_execute(scene->oracle,
                   "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pgdeck %%'");
    assert_true(
        oracle_wait(scene->oracle, TERMINAL_PATIENCE_MS,
                    "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'pgdeck %%')"));
    test_terminal_do(terminal, "r");
    test_terminal_assert(terminal, "not read since: ");
    assert_true(row_of(terminal, number(chain.alter)) > 0);
    test_server_execute(scene->server, "postgres", "ALTER DATABASE " DECK_DATABASE " ALLOW_CONNECTIONS true");
    test_terminal_do(terminal, "r");
    test_terminal_wait_gone(terminal, "not read since: ");
    assert_true(row_of(terminal, number(chain.alter)) > 0);
    quit(terminal);
}

static void test_activity_screen_stops_nobody_on_a_read_only_target(void **state)
{
    (void)state;
    int sleeper = crowd_start(crowd, REPORT, "SELECT pg_sleep(60)");
    struct test_terminal *terminal = open_on("locked");
    go_to(terminal, number(sleeper));
    test_terminal_do(terminal, "C");
    test_terminal_assert(terminal, "Nothing is written: the target's guard level is read-only.");
    test_terminal_do(terminal, "T");
    test_terminal_assert(terminal, "Nothing is written");
    assert_true(crowd_is_there(crowd, sleeper));
    quit(terminal);
}

#define ACTIVITY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTIVITY_TEST(test_activity_screen_shows_the_chain_as_a_tree),
        ACTIVITY_TEST(test_activity_screen_has_the_detail_beside_on_a_wide_terminal),
        ACTIVITY_TEST(test_activity_screen_cursor_follows_the_process_id),
        ACTIVITY_TEST(test_activity_screen_refreshes_by_itself_when_told_to),
        ACTIVITY_TEST(test_activity_screen_shows_how_far_an_index_build_is),
        ACTIVITY_TEST(test_activity_screen_of_a_plain_role_says_unknown),
        ACTIVITY_TEST(test_activity_screen_sends_hostile_texts_as_escapes),
        ACTIVITY_TEST(test_activity_screen_without_a_server_says_what_to_do),
        ACTIVITY_TEST(test_activity_screen_answers_keys_while_a_reading_hangs),
        ACTIVITY_TEST(test_activity_screen_cancels_after_y_alone),
        ACTIVITY_TEST(test_activity_screen_terminates_after_the_name_alone),
        ACTIVITY_TEST(test_activity_screen_says_that_the_session_ended_while_it_asked),
        ACTIVITY_TEST(test_activity_screen_cancel_of_an_idle_session_says_why_not),
        ACTIVITY_TEST(test_activity_screen_of_a_prepared_transaction_says_how_it_ends),
        ACTIVITY_TEST(test_activity_screen_keeps_its_picture_while_the_server_is_away),
        ACTIVITY_TEST(test_activity_screen_stops_nobody_on_a_read_only_target),
    };
    return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
