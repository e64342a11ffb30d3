/* activity, end to end: real blockers, what a plain role is told, and stopping somebody, judged through another
 * connection. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "tests/lib/crowd.h"
#include "tests/lib/deck.h"

#define REPORT ((struct crowd_person){"report", NULL})
#define ALTER ((struct crowd_person){"pgdeck:run7:014", NULL})
#define READER ((struct crowd_person){"reader", NULL})

enum { PATIENCE_MS = 20000 };

static struct deck_scene *scene;
static struct crowd *crowd;

static int start(void **state)
{
    *state = talloc_new(NULL);
    scene = deck_scene_start(*state);
    test_server_execute(scene->server, "postgres", "CREATE ROLE plain LOGIN");
    return 0;
}

static int stop(void **state)
{
    json_decref(scene->document);
    talloc_free(*state);
    return 0;
}

static int open_scene(void **state)
{
    (void)state;
    deck_scene_reset(scene);
    oracle_execute(scene->oracle, "CREATE TABLE t (id integer PRIMARY KEY, v integer);"
                                  "INSERT INTO t SELECT g, g FROM generate_series(1, 100) g");
    crowd = crowd_new(scene, scene->server, DECK_DATABASE, scene->oracle);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    talloc_free(crowd);
    return 0;
}

/* Somebody who holds, one who waits behind him, one who waits behind the second. */
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

static const json_t *session_of(int pid)
{
    const json_t *sessions = deck_scene_value(scene, "sessions");
    for (size_t i = 0; i < json_array_size(sessions); i++)
        if (json_integer_value(json_object_get(json_array_get(sessions, i), "pid")) == pid)
            return json_array_get(sessions, i);
    fail_msg("no session %d: %s", pid, scene->program->out);
    return NULL;
}

static const char *text_of(int pid, const char *key)
{
    const char *text = json_string_value(json_object_get(session_of(pid), key));
    return text ? text : "(null)";
}

static json_int_t number_of(int pid, const char *key)
{
    return json_integer_value(json_object_get(session_of(pid), key));
}

/* The blockers of a session, separated by blanks. */
static const char *blockers_of(int pid)
{
    const json_t *blockers = json_object_get(session_of(pid), "blocked_by");
    char *text = talloc_strdup(crowd, "");
    for (size_t i = 0; i < json_array_size(blockers); i++)
        text = talloc_asprintf_append(text, "%s%d", i ? " " : "", (int)json_integer_value(json_array_get(blockers, i)));
    return text;
}

static const char *number(int pid) { return talloc_asprintf(crowd, "%d", pid); }

static void assert_out_holds(const char *part)
{
    if (!strstr(scene->program->out, part))
        fail_msg("\"%s\" is not on stdout: %s", part, scene->program->out);
}

static void assert_err_holds(const char *part)
{
    if (!strstr(scene->program->err, part))
        fail_msg("\"%s\" is not on stderr: %s", part, scene->program->err);
}

/* In a project that knows no guard level of the database. */
static const char *as_plain(void)
{
    test_write(scene->project, "pgdeck.yaml", "project: shop\n");
    return talloc_asprintf(crowd, "%s user=plain", scene->target);
}

/* ---- looking ---- */

static void test_activity_chain_of_three_is_told_as_it_is(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    DECK_RUN(scene, 0, "--json", "-d", "locked", "activity");
    assert_string_equal(blockers_of(chain.report), "");
    assert_string_equal(blockers_of(chain.alter), number(chain.report));
    assert_string_equal(blockers_of(chain.reader), number(chain.alter));
    assert_int_equal(number_of(chain.report, "behind"), 2);
    assert_int_equal(number_of(chain.alter, "behind"), 1);
    assert_string_equal(text_of(chain.report, "state"), "idle in transaction");
    assert_string_equal(text_of(chain.report, "application"), "report");
    assert_string_equal(text_of(chain.report, "user"), "postgres");
    assert_string_equal(text_of(chain.alter, "query"), "ALTER TABLE t ADD COLUMN x integer");
    assert_string_equal(text_of(chain.alter, "wait"), "Lock: relation");
    const json_t *wanted = json_object_get(session_of(chain.alter), "waits_for");
    assert_string_equal(json_string_value(json_object_get(wanted, "object")), "public.t");
    assert_string_equal(json_string_value(json_object_get(wanted, "mode")), "AccessExclusiveLock");
    assert_string_equal(json_string_value(json_object_get(json_object_get(session_of(chain.alter), "run"), "run")),
                        "run7");
    assert_true(json_is_null(json_object_get(session_of(chain.reader), "run")));
    assert_true(json_is_integer(json_object_get(session_of(chain.report), "transaction_age_ms")));
    assert_string_equal(deck_scene_text(scene, "sees_all"), "true");
}

static int columns_of(const char *line)
{
    int columns = 0;
    for (; *line && *line != '\n'; line++)
        columns += (*line & 0xC0) != 0x80;
    return columns;
}

static void test_activity_text_shows_the_tree_in_80_columns(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    DECK_RUN(scene, 0, "-d", "locked", "activity");
    const char *head = strstr(scene->program->out, "Who blocks whom\n");
    assert_non_null(head);
    const char *lines[] = {
        talloc_asprintf(crowd, "\n%-7d report", chain.report),           "holds up 2, idle in transaction ",
        talloc_asprintf(crowd, "\n  %-7d pgdeck run 014", chain.alter), "for AccessExclusiveLock on public.t\n",
        talloc_asprintf(crowd, "\n    %-7d reader", chain.reader),       "for AccessShareLock on public.t\n"};
    for (size_t i = 0; i < countof(lines); i++)
        if (!(head = strstr(head, lines[i])))
            fail_msg("\"%s\" does not follow: %s", lines[i], scene->program->out);
    /* The first line is as long as the target's name. */
    for (const char *line = strchr(scene->program->out, '\n') + 1; *line; line += strcspn(line, "\n") + 1)
        if (columns_of(line) > 80)
            fail_msg("%d columns: %.100s", columns_of(line), line);
}

static void test_activity_prepared_transaction_blocks_and_says_how_it_ends(void **state)
{
    (void)state;
    crowd_hold(crowd, REPORT, "BEGIN; LOCK TABLE t IN SHARE MODE; PREPARE TRANSACTION 'it''s me'");
    int writer = crowd_queue(crowd, READER, "UPDATE t SET v = 1");
    DECK_RUN(scene, 0, "--json", "-d", "open", "activity");
    assert_string_equal(blockers_of(writer), "0");
    assert_string_equal(deck_scene_text(scene, "prepared.0.name"), "it's me");
    assert_string_equal(deck_scene_text(scene, "prepared.0.behind"), "1");
    DECK_RUN(scene, 0, "-d", "open", "activity");
    assert_out_holds("prepared transaction, holds up 1, ");
    assert_out_holds(" ago, user postgres: \"it's me\"");
    assert_out_holds("ROLLBACK PREPARED 'it''s me'; ends it");
    oracle_execute(scene->oracle, "ROLLBACK PREPARED 'it''s me'");
}

static void test_activity_index_build_says_whom_it_waits_for(void **state)
{
    (void)state;
    int report = crowd_hold(crowd, REPORT, "BEGIN; UPDATE t SET v = 0 WHERE id = 1");
    int build = crowd_queue(crowd, ALTER, "CREATE INDEX CONCURRENTLY t_v ON t (v)");
    DECK_RUN(scene, 0, "--json", "-d", "open", "activity");
    const json_t *progress = json_object_get(session_of(build), "progress");
    assert_string_equal(json_string_value(json_object_get(progress, "command")), "CREATE INDEX CONCURRENTLY");
    assert_string_equal(json_string_value(json_object_get(progress, "phase")), "waiting for writers before build");
    assert_string_equal(json_string_value(json_object_get(progress, "relation")), "public.t");
    assert_string_equal(json_string_value(json_object_get(progress, "index")), "public.t_v");
    assert_int_equal(json_integer_value(json_object_get(progress, "waits_for")), report);
    assert_string_equal(blockers_of(build), number(report));
    DECK_RUN(scene, 0, "--verbose", "-d", "open", "activity");
    assert_out_holds(talloc_asprintf(crowd,
                                     "waiting for writers before build, 0 of 1 sessions waited for, waits for session "
                                     "%d; CREATE INDEX CONCURRENTLY public.t_v on public.t\n",
                                     report));
}

/* All of them wait for the row that one has, and each for those before it, too. */
static void test_activity_long_queue_is_told_in_short(void **state)
{
    (void)state;
    int report = crowd_hold(crowd, REPORT, "BEGIN; UPDATE t SET v = 0 WHERE id = 1");
    int first = crowd_queue(crowd, READER, "UPDATE t SET v = 1 WHERE id = 1"), last = 0;
    for (int i = 0; i < 12; i++)
        last = crowd_queue(crowd, READER, "UPDATE t SET v = 2 WHERE id = 1");
    DECK_RUN(scene, 0, "-d", "open", "activity");
    assert_out_holds("holds up 13, idle in transaction");
    assert_out_holds("\n    and 4 more: --verbose has them all\n");
    DECK_RUN(scene, 0, "--verbose", "-d", "open", "activity");
    assert_null(strstr(scene->program->out, "more: --verbose"));
    assert_out_holds(talloc_asprintf(crowd, "\n    %-7d reader", last));
    DECK_RUN(scene, 0, "--json", "-d", "open", "activity");
    assert_int_equal(number_of(report, "behind"), 13);
    assert_int_equal(number_of(first, "behind"), 12);
    assert_int_equal(number_of(last, "behind"), 0);
    assert_int_equal(json_array_size(json_object_get(session_of(last), "blocked_by")), 12);
}

static void test_activity_plain_role_is_told_unknown_never_none(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    DECK_RUN(scene, 0, "--json", "-d", as_plain(), "activity");
    assert_string_equal(deck_scene_text(scene, "sees_all"), "false");
    static const char *const hidden[] = {"state", "wait", "query", "transaction_age_ms", "started"};
    for (size_t i = 0; i < countof(hidden); i++)
        assert_true(json_is_null(json_object_get(session_of(chain.report), hidden[i])));
    assert_true(json_is_false(json_object_get(session_of(chain.report), "visible")));
    assert_string_equal(blockers_of(chain.reader), number(chain.alter));
    assert_err_holds("what 4 sessions of other roles do is unknown: role plain may not see it");
    assert_err_holds("GRANT pg_read_all_stats TO \"plain\"");
    DECK_RUN(scene, 0, "-d", as_plain(), "activity");
    assert_out_holds("holds up 2, unknown");
    oracle_execute(scene->oracle, "GRANT pg_read_all_stats TO plain");
    DECK_RUN(scene, 0, "--json", "-d", as_plain(), "activity");
    assert_string_equal(deck_scene_text(scene, "sees_all"), "true");
    assert_string_equal(text_of(chain.report, "state"), "idle in transaction");
    oracle_execute(scene->oracle, "REVOKE pg_read_all_stats FROM plain");
}

static void test_activity_hostile_texts_are_shown_not_obeyed(void **state)
{
    (void)state;
    int pid = crowd_start(crowd, (struct crowd_person){"\033]0;name\a", NULL},
                          "SELECT pg_sleep(60) -- \033[2J\033]0;query\a \xE2\x80\xAE");
    DECK_RUN(scene, 0, "--verbose", "-d", "open", "activity");
    assert_null(strchr(scene->program->out, '\033'));
    assert_null(strchr(scene->program->out, '\a'));
    assert_out_holds("-- \\x1B[2J\\x1B]0;query\\x07 \\u202E");
    DECK_RUN(scene, 0, "--json", "-d", "open", "activity");
    assert_string_equal(text_of(pid, "query"), "SELECT pg_sleep(60) -- \033[2J\033]0;query\a \xE2\x80\xAE");
}

static void test_activity_nobody_there_is_3(void **state)
{
    (void)state;
    DECK_RUN(scene, 3, "--json", "-d", "host=/nowhere dbname=x", "activity");
    assert_string_equal(deck_scene_text(scene, "error.code"), "connection");
}

/* ---- watching ---- */

/* Waits until the program has written so many lines. */
static void wait_for_lines(const struct program *program, size_t wanted)
{
    static char text[1 << 20];
    size_t lines = 0;
    for (int waited_ms = 0; lines < wanted && waited_ms < PATIENCE_MS; waited_ms += 10) {
        ssize_t size = pread(program->out_fd, text, sizeof text, 0);
        lines = 0;
        for (ssize_t i = 0; i < size; i++)
            lines += text[i] == '\n';
        (void)poll(NULL, 0, 10);
    }
    assert_true(lines >= wanted);
}

static void test_activity_watch_writes_a_document_a_line_until_interrupted(void **state)
{
    (void)state;
    const char *const words[] = {"-C", scene->project, "-d", "open", "activity", "--watch", "--json", NULL};
    struct program *program = program_start(crowd, scene->home, NULL, words);
    wait_for_lines(program, 2);
    kill(program->pid, SIGINT);
    program_wait(program, PATIENCE_MS);
    assert_int_equal(program->exit_status, 128 + SIGINT);
    assert_string_equal(program->err, "");
    for (const char *line = program->out; *line; line += strcspn(line, "\n") + 1) {
        json_t *document = json_loadb(line, strcspn(line, "\n"), 0, NULL);
        assert_string_equal(json_string_value(json_object_get(document, "command")), "activity");
        assert_true(json_is_array(json_object_get(document, "sessions")));
        json_decref(document);
    }
}

/* ---- stopping ---- */

static void test_activity_cancel_ends_the_statement_and_nothing_else(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    DECK_RUN(scene, 0, "--json", "-d", "open", "activity", "--cancel", number(chain.alter), "--yes");
    assert_string_equal(deck_scene_text(scene, "action"), "cancel");
    assert_string_equal(deck_scene_text(scene, "outcome"), "ended");
    assert_string_equal(deck_scene_text(scene, "session.application"), "pgdeck:run7:014");
    assert_string_equal(crowd_outcome(crowd, chain.alter), "57014");
    assert_string_equal(crowd_outcome(crowd, chain.reader), "");
    assert_true(crowd_is_there(crowd, chain.alter));
    assert_true(crowd_is_there(crowd, chain.report));
}

static void test_activity_cancel_of_who_runs_nothing_is_refused(void **state)
{
    (void)state;
    int report = crowd_hold(crowd, REPORT, "BEGIN; UPDATE t SET v = 0 WHERE id = 1");
    DECK_RUN(scene, 4, "--json", "-d", "open", "activity", "--cancel", number(report), "--yes");
    assert_string_equal(deck_scene_text(scene, "error.code"), "refused");
    assert_err_holds("it is idle in transaction");
    assert_true(oracle_says(scene->oracle,
                            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d AND state = 'idle in "
                            "transaction')",
                            report));
}

static void test_activity_terminate_wants_the_name_and_frees_who_waits(void **state)
{
    (void)state;
    struct chain chain = make_chain();
    DECK_RUN(scene, 4, "-d", "open", "activity", "--terminate", number(chain.report), "--yes");
    assert_err_holds("what the session has not committed would be lost");
    DECK_RUN(scene, 4, "-d", "open", "activity", "--terminate", number(chain.report), "--confirm", "other");
    assert_true(crowd_is_there(crowd, chain.report));
    DECK_RUN(scene, 0, "--json", "-d", "open", "activity", "--terminate", number(chain.report), "--confirm",
             DECK_DATABASE);
    assert_string_equal(deck_scene_text(scene, "outcome"), "ended");
    assert_false(crowd_is_there(crowd, chain.report));
    assert_string_equal(crowd_outcome(crowd, chain.alter), "");
    assert_string_equal(crowd_outcome(crowd, chain.reader), "");
}

static void test_activity_stopping_is_logged(void **state)
{
    (void)state;
    int sleeper = crowd_start(crowd, REPORT, "SELECT pg_sleep(60)");
    DECK_RUN(scene, 0, "-d", "open", "activity", "--cancel", number(sleeper), "--yes");
    FILE *file = fopen(talloc_asprintf(crowd, "%s/logs/pgdeck.jsonl", scene->project), "r");
    assert_non_null(file);
    bool is_found = false;
    for (json_t *record; (record = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)); json_decref(record))
        is_found |= !strcmp(json_string_value(json_object_get(record, "event")), "session_cancel") &&
                    json_integer_value(json_object_get(record, "session_pid")) == sleeper &&
                    !strcmp(json_string_value(json_object_get(record, "outcome")), "ended");
    fclose(file);
    assert_true(is_found);
}

static void test_activity_guarded_target_takes_no_yes_and_read_only_nothing(void **state)
{
    (void)state;
    int sleeper = crowd_start(crowd, REPORT, "SELECT pg_sleep(60)");
    DECK_RUN(scene, 4, "-d", "careful", "activity", "--cancel", number(sleeper), "--yes");
    DECK_RUN(scene, 4, "--json", "-d", "locked", "activity", "--cancel", number(sleeper), "--confirm", DECK_DATABASE);
    assert_string_equal(deck_scene_text(scene, "error.code"), "read_only");
    DECK_RUN(scene, 4, "--read-only", "-d", "open", "activity", "--cancel", number(sleeper), "--yes");
    assert_true(oracle_says(
        scene->oracle, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d AND state = 'active')", sleeper));
    DECK_RUN(scene, 0, "-d", "careful", "activity", "--cancel", number(sleeper), "--confirm", DECK_DATABASE);
    assert_string_equal(crowd_outcome(crowd, sleeper), "57014");
}

static void test_activity_stopping_without_a_right_says_whose_it_is(void **state)
{
    (void)state;
    int sleeper = crowd_start(crowd, REPORT, "SELECT pg_sleep(60)");
    DECK_RUN(scene, 5, "--json", "-d", as_plain(), "activity", "--cancel", number(sleeper), "--confirm", DECK_DATABASE);
    assert_string_equal(deck_scene_text(scene, "error.sqlstate"), "42501");
    assert_err_holds("pg_signal_backend");
    DECK_RUN(scene, 5, "-d", as_plain(), "activity", "--terminate", number(sleeper), "--confirm", DECK_DATABASE);
    assert_true(crowd_is_there(crowd, sleeper));
}

static void test_activity_role_that_may_signal_but_not_see_can_terminate(void **state)
{
    (void)state;
    oracle_execute(scene->oracle, "CREATE ROLE other LOGIN; GRANT pg_signal_backend TO plain");
    int sleeper = crowd_start(crowd, (struct crowd_person){"report", "other"}, "SELECT pg_sleep(60)");
    DECK_RUN(scene, 0, "--json", "-d", as_plain(), "activity", "--terminate", number(sleeper), "--confirm",
             DECK_DATABASE);
    assert_string_equal(deck_scene_text(scene, "outcome"), "ended");
    assert_false(crowd_is_there(crowd, sleeper));
    oracle_execute(scene->oracle, "DROP ROLE other; REVOKE pg_signal_backend FROM plain");
}

static void test_activity_process_id_of_nobody_is_refused(void **state)
{
    (void)state;
    DECK_RUN(scene, 4, "--json", "-d", "open", "activity", "--terminate", "2147483647", "--confirm", DECK_DATABASE);
    assert_string_equal(deck_scene_text(scene, "error.code"), "refused");
    assert_err_holds("no session of this server has the process id 2147483647");
    /* Nor is a process of the server's own a session. */
    const char *keeper =
        oracle_text(scene->oracle, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'");
    DECK_RUN(scene, 4, "-d", "open", "activity", "--terminate", keeper, "--confirm", DECK_DATABASE);
}

static void test_activity_session_that_began_at_another_time_is_refused(void **state)
{
    (void)state;
    int sleeper = crowd_start(crowd, REPORT, "SELECT pg_sleep(60)");
    DECK_RUN(scene, 4, "-d", "open", "activity", "--cancel", number(sleeper), "--yes", "--started",
             "2020-01-01T00:00:00.000000Z");
    assert_err_holds("is another session's now");
    DECK_RUN(scene, 0, "--json", "-d", "open", "activity");
    const char *started = talloc_strdup(crowd, text_of(sleeper, "started"));
    DECK_RUN(scene, 0, "-d", "open", "activity", "--cancel", number(sleeper), "--yes", "--started", started);
    assert_string_equal(crowd_outcome(crowd, sleeper), "57014");
}

static const struct {
    const char *const words[7];
    const char *message;
} wrong[] = {
    {{"activity", "--cancel", "1", "--terminate", "2"}, "exclude each other"},
    {{"activity", "--cancel", "1", "--watch"}, "exclude each other"},
    {{"activity", "--cancel", "x"}, "must be the process id"},
    {{"activity", "--cancel", "-1"}, "must be the process id"},
    {{"activity", "--terminate", "99999999999999999999"}, "must be the process id"},
    {{"activity", "--terminate", ""}, "must be the process id"},
    {{"activity", "--yes"}, "are for --cancel and --terminate"},
    {{"activity", "4711"}, "one word too many"},
};

static void test_activity_wrong_usage_is_2(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(wrong); i++) {
        deck_scene_run(scene, 2, wrong[i].words);
        assert_err_holds(wrong[i].message);
    }
}

#define ACTIVITY_TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ACTIVITY_TEST(test_activity_chain_of_three_is_told_as_it_is),
        ACTIVITY_TEST(test_activity_text_shows_the_tree_in_80_columns),
        ACTIVITY_TEST(test_activity_prepared_transaction_blocks_and_says_how_it_ends),
        ACTIVITY_TEST(test_activity_index_build_says_whom_it_waits_for),
        ACTIVITY_TEST(test_activity_long_queue_is_told_in_short),
        ACTIVITY_TEST(test_activity_plain_role_is_told_unknown_never_none),
        ACTIVITY_TEST(test_activity_hostile_texts_are_shown_not_obeyed),
        ACTIVITY_TEST(test_activity_nobody_there_is_3),
        ACTIVITY_TEST(test_activity_watch_writes_a_document_a_line_until_interrupted),
        ACTIVITY_TEST(test_activity_cancel_ends_the_statement_and_nothing_else),
        ACTIVITY_TEST(test_activity_cancel_of_who_runs_nothing_is_refused),
        ACTIVITY_TEST(test_activity_terminate_wants_the_name_and_frees_who_waits),
        ACTIVITY_TEST(test_activity_stopping_is_logged),
        ACTIVITY_TEST(test_activity_guarded_target_takes_no_yes_and_read_only_nothing),
        ACTIVITY_TEST(test_activity_stopping_without_a_right_says_whose_it_is),
        ACTIVITY_TEST(test_activity_role_that_may_signal_but_not_see_can_terminate),
        ACTIVITY_TEST(test_activity_process_id_of_nobody_is_refused),
        ACTIVITY_TEST(test_activity_session_that_began_at_another_time_is_refused),
        ACTIVITY_TEST(test_activity_wrong_usage_is_2),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
