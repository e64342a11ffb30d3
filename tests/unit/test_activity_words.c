/* Activity in words, and the rows of its screen: what is told of sessions that are made up, without a server. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/activity/signal.h"
#include "store/result.h"
#include "tui/activity_rows.h"
#include "tui/activity_stop.h"
#include "tui/activity_words.h"

#define UNKNOWN_AGES .transaction_age_ms = INTEGER_NULL, .query_age_ms = INTEGER_NULL, .state_age_ms = INTEGER_NULL

static const struct activity_session crowd[] = {
    {.pid = 10,
     .role = "ana",
     .database = "shop",
     .application = "report",
     .state = "idle in transaction",
     .transaction_age_ms = 723000,
     .query_age_ms = 1000,
     .state_age_ms = 1000,
     .is_visible = true},
    {.pid = 11,
     .role = "dba",
     .database = "shop",
     .application = "pgdeck:r1:014",
     .state = "active",
     .query = "ALTER",
     .transaction_age_ms = 3200,
     .query_age_ms = 3200,
     .state_age_ms = 3200,
     .blocked_by = "10",
     .is_visible = true},
    {.pid = 12, .role = "web", .database = "other", .is_visible = false, UNKNOWN_AGES},
    {.pid = 13,
     .role = "web",
     .database = "shop",
     .application = "web",
     .state = "idle",
     .state_age_ms = 60000,
     .query_age_ms = INTEGER_NULL,
     .transaction_age_ms = INTEGER_NULL,
     .is_visible = true},
    {.pid = 14,
     .type = "autovacuum worker",
     .database = "shop",
     .state = "active",
     .query_age_ms = 500,
     .transaction_age_ms = 500,
     .state_age_ms = 500,
     .is_visible = true},
    {.pid = 15,
     .role = "dba",
     .database = "shop",
     .application = "pgdeck 0.1.0",
     .state = "active",
     .is_own = true,
     .is_visible = true,
     UNKNOWN_AGES},
};

static struct activity_lock locks[] = {
    {.pid = 10, .object = "app.t", .tag = "t", .mode = "RowExclusiveLock", .is_granted = true, .wait_ms = INTEGER_NULL},
    {.pid = 11, .object = "app.t", .tag = "t", .mode = "AccessExclusiveLock", .is_granted = false, .wait_ms = 3100},
};

static struct activity *reading;

static int set_up(void **state)
{
    (void)state;
    reading = talloc_zero(NULL, struct activity);
    reading->role = "dba";
    reading->database = "shop";
    reading->sessions = talloc_memdup(reading, crowd, sizeof crowd);
    reading->session_count = countof(crowd);
    reading->locks = locks;
    reading->lock_count = countof(locks);
    activity_connect(reading);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return talloc_free(reading);
}

static const struct activity_session *who(int64_t pid) { return activity_find(reading, pid); }

static void test_activity_words_name_a_session(void **state)
{
    (void)state;
    assert_string_equal(activity_name_text(reading, who(10)), "report");
    assert_string_equal(activity_name_text(reading, who(11)), "pgdeck run 014");
    assert_string_equal(activity_name_text(reading, who(12)), "-");
    assert_string_equal(activity_name_text(reading, who(14)), "autovacuum worker");
    assert_string_equal(activity_user_text(reading, who(10), "shop"), "ana");
    assert_string_equal(activity_user_text(reading, who(12), "shop"), "web@other");
    assert_string_equal(activity_user_text(reading, who(14), "shop"), "");
}

static void test_activity_words_tell_a_state_and_for_how_long(void **state)
{
    (void)state;
    assert_string_equal(activity_state_text(reading, who(10)), "idle in transaction 12 min 03 s");
    assert_string_equal(activity_state_text(reading, who(11)), "active 3.2 s");
    assert_string_equal(activity_state_text(reading, who(12)), "unknown");
    assert_string_equal(activity_state_text(reading, who(13)), "idle 1 min 00 s");
    assert_string_equal(activity_wait_text(reading, who(11)), "waits 3.1 s for AccessExclusiveLock on app.t");
    assert_null(activity_wait_text(reading, who(10)));
}

static void test_activity_words_of_waiting_for_no_lock(void **state)
{
    (void)state;
    static const struct {
        const char *wait, *text;
    } waits[] = {{"Client: ClientRead", NULL},
                 {"Activity: AutoVacuumMain", NULL},
                 {"IO: DataFileRead", "waits: IO: DataFileRead"},
                 {NULL, NULL}};
    for (size_t i = 0; i < countof(waits); i++) {
        struct activity_session session = {.wait = waits[i].wait};
        const char *text = activity_wait_text(reading, &session);
        assert_true(waits[i].text ? strcmp(text, waits[i].text) == 0 : text == NULL);
    }
}

static void test_activity_words_sum_up(void **state)
{
    (void)state;
    assert_string_equal(activity_summary_text(reading, reading),
                        "5 sessions: 2 active, 1 idle in transaction, 1 unknown; 1 waits for a lock");
    assert_string_equal(activity_summary_short(reading, reading), "5 sessions, 1 waits for a lock");
    reading->session_count = 0;
    assert_string_equal(activity_summary_text(reading, reading), "0 sessions");
}

static void test_activity_words_of_what_is_unknown(void **state)
{
    (void)state;
    assert_string_equal(activity_unknown_text(reading, reading),
                        "what 1 session of other roles does is unknown: role dba may not see it");
    assert_string_equal(activity_unknown_hint(reading, reading), "GRANT pg_read_all_stats TO \"dba\" shows it.");
    reading->sees_all = true;
    assert_null(activity_unknown_text(reading, reading));
    reading->sees_all = false;
    reading->session_count = 0;
    assert_null(activity_unknown_text(reading, reading));
}

static void test_activity_words_of_progress(void **state)
{
    (void)state;
    static const struct {
        int64_t done, total;
        int percent;
    } parts[] = {{0, 100, 0},
                 {1, 3, 33},
                 {3, 3, 100},
                 {5, 3, 100},
                 {1, 0, -1},
                 {INTEGER_NULL, 3, -1},
                 {1, INTEGER_NULL, -1},
                 {INT64_MAX / 2, INT64_MAX, 50}};
    for (size_t i = 0; i < countof(parts); i++) {
        struct activity_progress progress = {.done = parts[i].done, .total = parts[i].total};
        assert_int_equal(activity_progress_percent(&progress), parts[i].percent);
    }
    struct activity_progress hidden = {.command = NULL, .done = INTEGER_NULL, .total = INTEGER_NULL};
    assert_string_equal(activity_progress_text(reading, &hidden), "unknown how far; a long command");
    struct activity_progress copy = {.command = "COPY FROM",
                                     .relation = "app.t",
                                     .phase = "copying",
                                     .done = 7,
                                     .total = INTEGER_NULL,
                                     .unit = "bytes"};
    assert_string_equal(activity_progress_text(reading, &copy), "copying, 7 bytes; COPY FROM app.t");
}

static void test_activity_words_squeeze_a_statement(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"SELECT 1", "SELECT 1"}, {"\n  SELECT\t\n 1 ;\n\n", "SELECT 1 ;"}, {"", ""}, {" \n", ""}, {"a", "a"}};
    for (size_t i = 0; i < countof(texts); i++)
        assert_string_equal(activity_query_line(reading, texts[i][0]), texts[i][1]);
    assert_null(activity_query_line(reading, NULL));
}

static void test_activity_words_name_blockers(void **state)
{
    (void)state;
    static int64_t pids[] = {1, 0, 3, 4, 5, 6, 7, 8};
    struct activity_session session = {.blockers = pids, .blocker_count = 1, .holder_count = 1};
    assert_string_equal(activity_blockers_text(reading, &session), "1");
    session.blocker_count = 3;
    session.holder_count = 2;
    assert_string_equal(activity_blockers_text(reading, &session),
                        "1, a prepared transaction; 1 stands before it in the queue");
    session.blocker_count = 8;
    session.holder_count = 0;
    assert_string_equal(activity_blockers_text(reading, &session), "1, a prepared transaction, 3, 4, 5, 6 and 2 more");
}

/* ---- stopping ---- */

static void test_activity_victim_is_refused_where_stopping_makes_no_sense(void **state)
{
    (void)state;
    static const struct {
        enum activity_deed deed;
        int64_t pid;
        const char *message;
    } cases[] = {
        {ACTIVITY_CANCEL, 10, "session 10 runs no statement that could be cancelled: it is idle in transaction"},
        {ACTIVITY_TERMINATE, 10, NULL},
        {ACTIVITY_CANCEL, 11, NULL},
        {ACTIVITY_CANCEL, 12, NULL},
        {ACTIVITY_CANCEL, 13, "session 13 runs no statement that could be cancelled: it is idle"},
        {ACTIVITY_CANCEL, 15, "the process id 15 is that of the session that asks"},
        {ACTIVITY_TERMINATE, 15, "the process id 15 is that of the session that asks"},
        {ACTIVITY_TERMINATE, 99, "no session of this server has the process id 99"},
    };
    struct error *error = error_new(reading);
    for (size_t i = 0; i < countof(cases); i++) {
        error_clear(error);
        const struct activity_session *victim = activity_victim(reading, cases[i].deed, cases[i].pid, error);
        assert_true((victim != NULL) == (cases[i].message == NULL));
        if (cases[i].message) {
            assert_string_equal(error->message, cases[i].message);
            assert_int_equal(error->code, ERROR_REFUSED);
            assert_non_null(error->hint);
        }
    }
}

static void test_activity_stop_question_says_who_and_what_is_lost(void **state)
{
    (void)state;
    struct confirmation question = activity_stop_question(reading, "prod", reading, who(11), ACTIVITY_CANCEL);
    assert_string_equal(question.question, "cancel the statement of session 11 on prod");
    assert_string_equal(question.lines[0], "pgdeck run 014, user dba, active 3.2 s");
    assert_string_equal(question.lines[1], "It says that it is a run of pgdeck: stopping it stops the migration.");
    assert_string_equal(question.database, "shop");
    assert_int_equal(question.loss, LOSES_NOTHING);
    question = activity_stop_question(reading, "prod", reading, who(10), ACTIVITY_TERMINATE);
    assert_string_equal(question.lines[1], "1 session waits for it");
    assert_int_equal(question.loss, LOSES_WORK);
    assert_string_equal(activity_stop_text(reading, ACTIVITY_TERMINATE, 10, ACTIVITY_ENDED),
                        "session 10: the session was terminated");
}

/* ---- rows ---- */

static char *identities(const struct activity_rows *rows)
{
    char *text = talloc_strdup(reading, "");
    for (size_t i = 0; i < rows->count; i++)
        text = talloc_asprintf_append(text, "%*s%s|", rows->items[i].depth, "", rows->items[i].identity);
    return text;
}

static void test_activity_rows_have_the_tree_first_and_others_in_order(void **state)
{
    (void)state;
    static const struct {
        enum activity_order order;
        enum activity_direction direction;
        const char *rows;
    } orders[] = {
        {ACTIVITY_BY_AGE, ACTIVITY_FORWARDS, "10| 11|12|13|14|"},
        {ACTIVITY_BY_AGE, ACTIVITY_BACKWARDS, "10| 11|14|13|12|"},
        {ACTIVITY_BY_STATE, ACTIVITY_FORWARDS, "10| 11|14|13|12|"},
        {ACTIVITY_BY_NAME, ACTIVITY_FORWARDS, "10| 11|12|14|13|"},
        {ACTIVITY_BY_PID, ACTIVITY_BACKWARDS, "10| 11|14|13|12|"},
    };
    for (size_t i = 0; i < countof(orders); i++) {
        struct activity_rows *rows = activity_rows_make(reading, reading, orders[i].order, orders[i].direction);
        assert_string_equal(identities(rows), orders[i].rows);
        assert_ptr_equal(activity_row_session(rows, 0), who(10));
    }
}

#define WORDS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORDS_TEST(test_activity_words_name_a_session),
        WORDS_TEST(test_activity_words_tell_a_state_and_for_how_long),
        WORDS_TEST(test_activity_words_of_waiting_for_no_lock),
        WORDS_TEST(test_activity_words_sum_up),
        WORDS_TEST(test_activity_words_of_what_is_unknown),
        WORDS_TEST(test_activity_words_of_progress),
        WORDS_TEST(test_activity_words_squeeze_a_statement),
        WORDS_TEST(test_activity_words_name_blockers),
        WORDS_TEST(test_activity_victim_is_refused_where_stopping_makes_no_sense),
        WORDS_TEST(test_activity_stop_question_says_who_and_what_is_lost),
        WORDS_TEST(test_activity_rows_have_the_tree_first_and_others_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
