/* The journal: what each kind of record holds, what is read back, and which steps of which versions it leaves open. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/journal.h"
#include "tests/lib/stage.h"

static struct test_server *server;

static int start_server(void **state UNUSED)
{
    server = test_server_start(NULL, NULL);
    return 0;
}

static int stop_server(void **state UNUSED) { return talloc_free(server); }

struct fixture {
    struct stage *stage;
    struct connection *connection;
    struct ledger *ledger;
    struct journal_actor actor;
};

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    struct stage *stage = fixture->stage = stage_new(fixture, server);
    fixture->connection = stage_connect(stage);
    fixture->ledger = ledger_find(fixture, fixture->connection, "public.schema_migrations", stage->error);
    fixture->actor = (struct journal_actor){"run-1", "ana", "host-1", "pgdeck test"};
    *state = fixture;
    if (!fixture->ledger || !ledger_create(fixture->connection, fixture->ledger, stage->error))
        fail_msg("%s", stage->error->message);
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static void record(struct fixture *fixture, const struct journal_record *record)
{
    if (!journal_write(fixture->connection, fixture->ledger, &fixture->actor, record, fixture->stage->error))
        fail_msg("%s", fixture->stage->error->message);
}

static void write_event(struct fixture *fixture, enum journal_event event, const char *version, int step,
                        const char *detail)
{
    json_t *json = detail ? json_loads(detail, 0, NULL) : NULL;
    record(fixture, &(struct journal_record){
                        .event = event, .version = version, .step = step, .statement_hash = "h", .detail = json});
    json_decref(json);
}

static const char *text_or_dash(const char *text) { return text ? text : "-"; }

/* ---- writing and reading ---- */

static void test_write_keeps_every_member(void **state)
{
    struct fixture *fixture = *state;
    json_t *detail = json_pack("{s:s, s:i}", "quote's \"and\" \\ größe", "x", "n", 7);
    record(fixture, &(struct journal_record){.event = JOURNAL_STEP_DONE,
                                             .version = "007",
                                             .step = 3,
                                             .checksum = "c",
                                             .statement_hash = "h",
                                             .transaction_id = "4711",
                                             .detail = detail});
    struct journal_row *rows;
    size_t count;
    assert_true(journal_read(fixture, fixture->connection, fixture->ledger, &(struct journal_filter){0}, &rows, &count,
                             fixture->stage->error));
    assert_int_equal(count, 1);
    assert_string_equal(talloc_asprintf(fixture, "%s %s %lld %s %s %s %s %s %s %s %s", rows[0].run, rows[0].version,
                                        (long long)rows[0].step, rows[0].event, rows[0].checksum,
                                        rows[0].statement_hash, rows[0].transaction_id, rows[0].db_role, rows[0].person,
                                        rows[0].host, rows[0].application),
                        "run-1 007 3 step_done c h 4711 postgres ana host-1 pgdeck test");
    json_t *read = json_loads(rows[0].detail, 0, NULL);
    assert_true(json_equal(read, detail));
    json_decref(read);
    json_decref(detail);
}

static void test_write_leaves_out_what_is_absent(void **state)
{
    struct fixture *fixture = *state;
    fixture->actor = (struct journal_actor){.run = "run-1"};
    record(fixture, &(struct journal_record){.event = JOURNAL_RUN_STARTED, .durability = JOURNAL_RELAXED});
    assert_true(oracle_says(
        fixture->stage->oracle,
        "SELECT num_nulls(version, step, checksum, statement_hash, transaction_id, person, host, application,"
        " detail) = 9 FROM schema_migration_events"));
}

static void test_write_takes_every_event(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < JOURNAL_EVENT_COUNT; i++)
        record(fixture, &(struct journal_record){.event = (enum journal_event)i, .version = "1"});
    assert_int_equal(oracle_number(fixture->stage->oracle, "SELECT count(DISTINCT event) FROM schema_migration_events"),
                     JOURNAL_EVENT_COUNT);
}

/* A relaxed record is one more setting in its own transaction: the session keeps what it had. */
static void test_write_relaxed_leaves_the_session_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    record(fixture, &(struct journal_record){.event = JOURNAL_STARTED, .durability = JOURNAL_RELAXED});
    struct result *result = connection_query(fixture, fixture->connection, NO_PARAMETERS, fixture->stage->error,
                                             "SELECT current_setting('synchronous_commit')");
    assert_non_null(result);
    assert_string_equal(result_value(result), "on");
}

static void test_write_failing_names_the_event(void **state)
{
    struct fixture *fixture = *state;
    oracle_execute(fixture->stage->oracle, "DROP TABLE schema_migration_events");
    assert_false(journal_write(fixture->connection, fixture->ledger, &fixture->actor,
                               &(struct journal_record){.event = JOURNAL_APPLIED}, fixture->stage->error));
    assert_non_null(strstr(fixture->stage->error->message, "applied"));
    assert_true(error_is_sqlstate(fixture->stage->error, "42P01"));
}

static const struct {
    struct journal_filter filter;
    const char *versions;
} filters[] = {
    {{0}, "1 2 3 1 -"},        {{.run = "b"}, "3 1 -"},
    {{.version = "1"}, "1 1"}, {{.run = "b", .version = "1"}, "1"},
    {{.limit = 2}, "1 -"},     {{.limit = 100}, "1 2 3 1 -"},
    {{.after_id = 3}, "1 -"},  {{.after_id = 1, .limit = 1}, "-"},
    {{.run = "none"}, ""},
};

static void test_read_narrows_and_keeps_the_order(void **state)
{
    struct fixture *fixture = *state;
    static const char *const versions[] = {"1", "2", "3", "1", NULL};
    for (size_t i = 0; i < countof(versions); i++) {
        fixture->actor.run = i < 2 ? "a" : "b";
        write_event(fixture, JOURNAL_STARTED, versions[i], 0, NULL);
    }
    for (size_t i = 0; i < countof(filters); i++) {
        struct journal_row *rows;
        size_t count;
        assert_true(journal_read(fixture, fixture->connection, fixture->ledger, &filters[i].filter, &rows, &count,
                                 fixture->stage->error));
        char *text = talloc_strdup(fixture, "");
        for (size_t j = 0; j < count; j++)
            text = talloc_asprintf_append(text, "%s%s", j > 0 ? " " : "", text_or_dash(rows[j].version));
        assert_string_equal(text, filters[i].versions);
    }
}

static void test_read_without_a_journal_has_no_rows(void **state)
{
    struct fixture *fixture = *state;
    struct journal_row *rows;
    struct journal_run *runs;
    struct journal_step *steps;
    struct journal_checksum *checksums;
    size_t count = 9;
    struct ledger ledger = *fixture->ledger;
    ledger.has_journal = false;
    assert_true(journal_read(fixture, fixture->connection, &ledger, &(struct journal_filter){0}, &rows, &count,
                             fixture->stage->error));
    assert_int_equal(count, 0);
    count = 9;
    assert_true(journal_runs(fixture, fixture->connection, &ledger, 5, &runs, &count, fixture->stage->error));
    assert_int_equal(count, 0);
    count = 9;
    assert_true(journal_open_steps(fixture, fixture->connection, &ledger, &steps, &count, fixture->stage->error));
    assert_int_equal(count, 0);
    count = 9;
    assert_true(journal_checksums(fixture, fixture->connection, &ledger, &checksums, &count, fixture->stage->error));
    assert_int_equal(count, 0);
}

static void test_runs_are_summed_up_newest_first(void **state)
{
    struct fixture *fixture = *state;
    static const char *const runs_made[] = {"first", "second", "third"};
    for (size_t i = 0; i < countof(runs_made); i++) {
        fixture->actor.run = runs_made[i];
        write_event(fixture, JOURNAL_RUN_STARTED, NULL, 0, NULL);
        write_event(fixture, JOURNAL_APPLIED, "1", 0, NULL);
        if (i == 1)
            write_event(fixture, JOURNAL_FAILED, "2", 0, "{\"left\": \"nothing\"}");
        if (i < 2)
            write_event(fixture, JOURNAL_RUN_FINISHED, NULL, 0,
                        i == 0 ? "{\"outcome\": \"done\"}" : "{\"outcome\": \"failed\"}");
    }
    struct journal_run *runs;
    size_t count;
    assert_true(journal_runs(fixture, fixture->connection, fixture->ledger, 2, &runs, &count, fixture->stage->error));
    assert_int_equal(count, 2);
    assert_string_equal(runs[0].run, "third");
    assert_string_equal(runs[0].outcome, "open");
    assert_null(runs[0].finished_at);
    assert_string_equal(runs[1].run, "second");
    assert_string_equal(runs[1].outcome, "failed");
    assert_non_null(runs[1].finished_at);
    assert_int_equal(runs[1].applied, 1);
    assert_int_equal(runs[1].failed, 1);
    assert_string_equal(runs[1].person, "ana");
}

/* ---- open steps ---- */

#define LEFT_NOTHING "{\"left\": \"nothing\"}"
#define LEFT_INDEX "{\"left\": \"index i is invalid\"}"

struct event {
    enum journal_event event;
    const char *version;
    int step;
    const char *detail;
};

/* What the journal leaves open after these events: "VERSION/STEP", ~ for an intent, t for temporary objects. */
static const struct {
    const char *what;
    struct event events[8];
    const char *open;
} open_cases[] = {
    {"nothing", {{0}}, ""},
    {"a step done", {{JOURNAL_STEP_DONE, "7", 1, NULL}}, "7/1"},
    {"a step intended", {{JOURNAL_STEP_INTENDED, "7", 1, "{\"before\": \"absent\"}"}}, "7/1~absent"},
    {"intended and done", {{JOURNAL_STEP_INTENDED, "7", 1, NULL}, {JOURNAL_STEP_DONE, "7", 1, NULL}}, "7/1"},
    {"failed with nothing left", {{JOURNAL_STEP_INTENDED, "7", 1, NULL}, {JOURNAL_FAILED, "7", 1, LEFT_NOTHING}}, ""},
    {"failed with something left",
     {{JOURNAL_STEP_INTENDED, "7", 1, NULL}, {JOURNAL_FAILED, "7", 1, LEFT_INDEX}},
     "7/1~"},
    {"another step failed", {{JOURNAL_STEP_INTENDED, "7", 1, NULL}, {JOURNAL_FAILED, "7", 2, LEFT_NOTHING}}, "7/1~"},
    {"another version failed", {{JOURNAL_STEP_INTENDED, "7", 1, NULL}, {JOURNAL_FAILED, "8", 1, LEFT_NOTHING}}, "7/1~"},
    {"done, then the next failed",
     {{JOURNAL_STEP_DONE, "7", 1, NULL}, {JOURNAL_STEP_INTENDED, "7", 2, NULL}, {JOURNAL_FAILED, "7", 2, LEFT_NOTHING}},
     "7/1"},
    {"failed, then intended again",
     {{JOURNAL_STEP_INTENDED, "7", 1, NULL},
      {JOURNAL_FAILED, "7", 1, LEFT_NOTHING},
      {JOURNAL_STEP_INTENDED, "7", 1, NULL}},
     "7/1~"},
    {"applied", {{JOURNAL_STEP_DONE, "7", 1, NULL}, {JOURNAL_APPLIED, "7", 0, NULL}}, ""},
    {"marked", {{JOURNAL_STEP_DONE, "7", 1, NULL}, {JOURNAL_MARKED, "7", 0, NULL}}, ""},
    {"resolved", {{JOURNAL_STEP_INTENDED, "7", 1, NULL}, {JOURNAL_RESOLVED, "7", 0, NULL}}, ""},
    {"accepted settles nothing", {{JOURNAL_STEP_DONE, "7", 1, NULL}, {JOURNAL_ACCEPTED, "7", 0, NULL}}, "7/1"},
    {"interrupted settles nothing",
     {{JOURNAL_STEP_INTENDED, "7", 1, NULL}, {JOURNAL_INTERRUPTED, "7", 1, NULL}},
     "7/1~"},
    {"another version applied", {{JOURNAL_STEP_DONE, "7", 1, NULL}, {JOURNAL_APPLIED, "8", 0, NULL}}, "7/1"},
    {"settled, then begun again",
     {{JOURNAL_STEP_DONE, "7", 1, NULL}, {JOURNAL_RESOLVED, "7", 0, NULL}, {JOURNAL_STEP_DONE, "7", 1, NULL}},
     "7/1"},
    {"settled under another spelling", {{JOURNAL_STEP_DONE, "007", 1, NULL}, {JOURNAL_RESOLVED, "7", 0, NULL}}, ""},
    {"two spellings are one version",
     {{JOURNAL_STEP_DONE, "007", 1, NULL}, {JOURNAL_STEP_DONE, "7", 2, NULL}},
     "7/1 7/2"},
    {"0 and 00 are one version", {{JOURNAL_STEP_DONE, "00", 1, NULL}, {JOURNAL_APPLIED, "0", 0, NULL}}, ""},
    {"70 is not 7", {{JOURNAL_STEP_DONE, "70", 1, NULL}, {JOURNAL_APPLIED, "7", 0, NULL}}, "70/1"},
    {"temporary objects", {{JOURNAL_STEP_DONE, "7", 1, "{\"temporary\": true}"}}, "7/1t"},
    {"two versions",
     {{JOURNAL_STEP_DONE, "8", 1, NULL}, {JOURNAL_STEP_DONE, "7", 2, NULL}, {JOURNAL_STEP_DONE, "7", 1, NULL}},
     "7/1 7/2 8/1"},
    {"the last intent tells what stood before",
     {{JOURNAL_STEP_INTENDED, "7", 1, "{\"before\": \"absent\"}"},
      {JOURNAL_STEP_INTENDED, "7", 1, "{\"before\": \"invalid\"}"}},
     "7/1~invalid"},
};

static char *describe_open(struct fixture *fixture)
{
    struct journal_step *steps;
    size_t count;
    if (!journal_open_steps(fixture, fixture->connection, fixture->ledger, &steps, &count, fixture->stage->error))
        fail_msg("%s", fixture->stage->error->message);
    char *text = talloc_strdup(fixture, "");
    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append(text, "%s%s/%lld%s%s%s", i > 0 ? " " : "", steps[i].version,
                                      (long long)steps[i].step, steps[i].is_done ? "" : "~",
                                      steps[i].has_temporary ? "t" : "",
                                      steps[i].before && !steps[i].is_done ? steps[i].before : "");
    return text;
}

static void test_open_steps_follow_from_the_events(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(open_cases); i++) {
        oracle_execute(fixture->stage->oracle, "TRUNCATE schema_migration_events");
        for (const struct event *event = open_cases[i].events; event->version; event++)
            write_event(fixture, event->event, event->version, event->step, event->detail);
        char *open = describe_open(fixture);
        if (strcmp(open, open_cases[i].open) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", open_cases[i].what, open, open_cases[i].open);
    }
}

/* A statement that was mended has another hash: the one that was run last counts. */
static void test_open_steps_have_the_hash_that_came_last(void **state)
{
    struct fixture *fixture = *state;
    static const char *const hashes[] = {"zzz", "aaa"};
    for (size_t i = 0; i < countof(hashes); i++)
        record(fixture, &(struct journal_record){.event = i == 0 ? JOURNAL_STEP_INTENDED : JOURNAL_STEP_DONE,
                                                 .version = "7",
                                                 .step = 1,
                                                 .statement_hash = hashes[i]});
    struct journal_step *steps;
    size_t count;
    assert_true(
        journal_open_steps(fixture, fixture->connection, fixture->ledger, &steps, &count, fixture->stage->error));
    assert_int_equal(count, 1);
    assert_string_equal(steps[0].statement_hash, "aaa");
}

static void test_checksums_are_the_last_of_each_version(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        enum journal_event event;
        const char *version, *checksum;
    } events[] = {
        {JOURNAL_APPLIED, "007", "one"}, {JOURNAL_STARTED, "007", "no"}, {JOURNAL_ACCEPTED, "7", "two"},
        {JOURNAL_MARKED, "8", NULL},     {JOURNAL_APPLIED, "70", "ten"},
    };
    for (size_t i = 0; i < countof(events); i++)
        record(fixture, &(struct journal_record){
                            .event = events[i].event, .version = events[i].version, .checksum = events[i].checksum});
    struct journal_checksum *rows;
    size_t count;
    assert_true(journal_checksums(fixture, fixture->connection, fixture->ledger, &rows, &count, fixture->stage->error));
    char *text = talloc_strdup(fixture, "");
    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append(text, "%s=%s ", rows[i].version, text_or_dash(rows[i].checksum));
    assert_string_equal(text, "7=two 70=ten 8=- ");
}

/* ---- what an apply leaves in it ---- */

static const char *story(struct fixture *fixture)
{
    return oracle_text(fixture->stage->oracle, "SELECT string_agg(concat_ws(' ', event, version, step, detail ->> "
                                               "'outcome', detail ->> 'left'), ', ' ORDER BY id)"
                                               "  FROM schema_migration_events");
}

static void test_apply_tells_its_story(void **state)
{
    struct fixture *fixture = *state;
    stage_write(fixture->stage, "001_a.sql", "SELECT 1;\n");
    stage_write(fixture->stage, "002_b.sql",
                "-- pgdeck: no-transaction\nCREATE TABLE t (a integer);\nCREATE INDEX CONCURRENTLY i ON t (a);\n");
    stage_apply(fixture->stage);
    assert_string_equal(story(fixture),
                        "run_started, started 001, applied 001, started 002, step_done 002 1, step_intended 002 2, "
                        "step_done 002 2, applied 002, run_finished done");
    assert_true(oracle_says(
        fixture->stage->oracle,
        "SELECT bool_and(run = '%s' AND person = 'tester' AND host = 'stage' AND application = 'pgdeck test'"
        " AND db_role = 'postgres') FROM schema_migration_events",
        fixture->stage->result->run));
}

static void test_apply_that_fails_tells_what_is_left(void **state)
{
    struct fixture *fixture = *state;
    stage_write(fixture->stage, "001_a.sql", "SELECT 1;\nSELECT 1 / 0;\n");
    stage_apply_fails(fixture->stage, ERROR_STATEMENT);
    assert_string_equal(story(fixture), "run_started, started 001, failed 001 2 nothing, run_finished failed");
    assert_true(oracle_says(fixture->stage->oracle,
                            "SELECT detail ->> 'sqlstate' = '22012' AND detail ->> 'line' = '2'"
                            " AND detail ->> 'message' <> '' FROM schema_migration_events WHERE event = 'failed'"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_write_keeps_every_member),
        TEST(test_write_leaves_out_what_is_absent),
        TEST(test_write_takes_every_event),
        TEST(test_write_relaxed_leaves_the_session_as_it_was),
        TEST(test_write_failing_names_the_event),
        TEST(test_read_narrows_and_keeps_the_order),
        TEST(test_read_without_a_journal_has_no_rows),
        TEST(test_runs_are_summed_up_newest_first),
        TEST(test_open_steps_follow_from_the_events),
        TEST(test_open_steps_have_the_hash_that_came_last),
        TEST(test_checksums_are_the_last_of_each_version),
        TEST(test_apply_tells_its_story),
        TEST(test_apply_that_fails_tells_what_is_left),
    };
    return cmocka_run_group_tests(tests, start_server, stop_server);
}
