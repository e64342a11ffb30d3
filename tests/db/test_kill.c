/* Correctness under kill: pgdeck is ended by SIGKILL in each phase of a transactional and of a non-transactional file,
 * at points that the proxy or a held lock makes certain. After each kill catalog, ledger, journal and status are judged
 * from outside, then the rest is applied, and every statement must have taken effect exactly once.
 *
 * PGDECK_SOAK=N runs all of it N times over. The histogram of phases is printed at the end. */
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <time.h>

#include "store/clock.h"
#include "tests/lib/scene.h"

#define LEAST_PER_PHASE 10

enum phase { BEFORE_BEGIN, INSIDE_STATEMENT, BETWEEN_STATEMENTS, INSIDE_COMMIT, AFTER_COMMIT, PHASE_COUNT };

static const char *const phase_names[] = {"before-begin", "inside-statement", "between-statements", "inside-commit",
                                          "after-commit"};
static const char *const kind_names[] = {"transactional", "non-transactional"};

static const struct scene_file files[] = {
    {"001", "base",
     "CREATE TABLE v001_wide (id integer PRIMARY KEY, note text);\n"
     "INSERT INTO fixture.counter VALUES ('001.1');\n"
     "INSERT INTO v001_wide SELECT i, 'note' FROM generate_series(1, 100) AS i;\n",
     SCENE_TRANSACTIONAL, 1, 2},
    {"002", "middle",
     "INSERT INTO fixture.counter VALUES ('002.1');\n"
     "CREATE TABLE v002_part (id integer);\n"
     "INSERT INTO fixture.counter SELECT '002.2' FROM fixture.gate();\n"
     "INSERT INTO fixture.counter VALUES ('002.3');\n"
     "INSERT INTO fixture.late VALUES (2);\n",
     SCENE_TRANSACTIONAL, 3, 1},
    {"003", "online",
     "-- pgdeck: no-transaction\n"
     "INSERT INTO fixture.counter SELECT '003.1' FROM fixture.gate();\n"
     "BEGIN;\n"
     "INSERT INTO fixture.counter VALUES ('003.2');\n"
     "INSERT INTO fixture.counter SELECT '003.3' FROM fixture.gate();\n"
     "INSERT INTO fixture.late VALUES (3);\n"
     "COMMIT;\n"
     "CREATE INDEX CONCURRENTLY v003_note ON v001_wide (note);\n"
     "INSERT INTO fixture.counter VALUES ('003.4');\n"
     "CREATE UNIQUE INDEX CONCURRENTLY v003_both ON v001_wide (id, note);\n",
     SCENE_STEPWISE, 4, 2},
    {"004", "steps",
     "-- pgdeck: no-transaction\n"
     "CREATE TABLE v004_more (id integer);\n"
     "INSERT INTO fixture.counter VALUES ('004.1');\n"
     "INSERT INTO fixture.counter VALUES ('004.2');\n",
     SCENE_STEPWISE, 2, 1},
    {"005", "last", "CREATE TABLE v005_last (id integer);\nINSERT INTO fixture.counter VALUES ('005.1');\n",
     SCENE_TRANSACTIONAL, 1, 1},
};

/* What keeps a statement from ending, so that the kill falls inside it. */
enum obstacle { NOTHING, GATE, COMMIT_GATE, SNAPSHOT, ROW_LOCK };

/* One place to be killed at: the proxy's stop; where there is an obstacle, that is put up at the stop, and the place is
 * where the server then waits. */
struct kill_case {
    enum phase phase;
    int kind; /* of scene_file */
    struct proxy_stop stop;
    enum obstacle obstacle;
};

#define LEDGER "INSERT INTO \"public\".\"schema_migrations\" "
#define JOURNAL "INSERT INTO \"public\".\"schema_migration_events\""
#define WORK "SET client_connection_check_interval" /* the first statement of the work connection */
#define STEP(n) "INSERT INTO fixture.counter VALUES ('" n "')"
#define CLOSING "UPDATE \"public\".\"schema_migrations\""
#define GATED(n) "INSERT INTO fixture.counter SELECT '" n "'"
#define NOTE_INDEX "CREATE INDEX CONCURRENTLY v003_note"
#define BOTH_INDEX "CREATE UNIQUE INDEX CONCURRENTLY v003_both"

static const struct kill_case cases[] = {
    {BEFORE_BEGIN, SCENE_TRANSACTIONAL, {PROXY_BEFORE, "BEGIN", NULL, WORK}, NOTHING},
    {BEFORE_BEGIN, SCENE_TRANSACTIONAL, {PROXY_BEFORE, JOURNAL, "|run_started|", NULL}, NOTHING},
    {BEFORE_BEGIN, SCENE_TRANSACTIONAL, {PROXY_SEEN, JOURNAL, "|002||started|", NULL}, NOTHING},
    {BEFORE_BEGIN, SCENE_TRANSACTIONAL, {PROXY_BEFORE, "CREATE ", NULL, NULL}, NOTHING},
    {BEFORE_BEGIN, SCENE_TRANSACTIONAL, {PROXY_SEEN, "SELECT pg_catalog.pg_try_advisory_lock", NULL, NULL}, NOTHING},
    {BEFORE_BEGIN, SCENE_TRANSACTIONAL, {PROXY_SEEN, "DISCARD ALL", NULL, STEP("001.1")}, NOTHING},

    {INSIDE_STATEMENT, SCENE_TRANSACTIONAL, {PROXY_BEFORE, GATED("002.2"), NULL, NULL}, GATE},
    {INSIDE_STATEMENT, SCENE_TRANSACTIONAL, {PROXY_SENT, STEP("001.1"), NULL, NULL}, NOTHING},
    {INSIDE_STATEMENT, SCENE_TRANSACTIONAL, {PROXY_SENT, "CREATE TABLE v002_part", NULL, NULL}, NOTHING},
    {INSIDE_STATEMENT, SCENE_TRANSACTIONAL, {PROXY_SENT, STEP("005.1"), NULL, NULL}, NOTHING},

    {BETWEEN_STATEMENTS, SCENE_TRANSACTIONAL, {PROXY_SEEN, "CREATE TABLE v001_wide", NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_TRANSACTIONAL, {PROXY_BEFORE, STEP("002.1"), NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_TRANSACTIONAL, {PROXY_SEEN, GATED("002.2"), NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_TRANSACTIONAL, {PROXY_ANSWERED, STEP("002.3"), NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_TRANSACTIONAL, {PROXY_SEEN, "INSERT INTO fixture.late VALUES (2)", NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_TRANSACTIONAL, {PROXY_BEFORE, LEDGER, "|005|", NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_TRANSACTIONAL, {PROXY_SEEN, CLOSING, NULL, STEP("002.3")}, NOTHING},

    {INSIDE_COMMIT, SCENE_TRANSACTIONAL, {PROXY_BEFORE, "COMMIT", NULL, STEP("001.1")}, NOTHING},
    {INSIDE_COMMIT, SCENE_TRANSACTIONAL, {PROXY_SENT, "COMMIT", NULL, STEP("001.1")}, NOTHING},
    {INSIDE_COMMIT, SCENE_TRANSACTIONAL, {PROXY_ANSWERED, "COMMIT", NULL, STEP("001.1")}, NOTHING},
    {INSIDE_COMMIT, SCENE_TRANSACTIONAL, {PROXY_BEFORE, "COMMIT", NULL, STEP("002.3")}, NOTHING},
    {INSIDE_COMMIT, SCENE_TRANSACTIONAL, {PROXY_BEFORE, "COMMIT", NULL, STEP("002.3")}, COMMIT_GATE},
    {INSIDE_COMMIT, SCENE_TRANSACTIONAL, {PROXY_ANSWERED, "COMMIT", NULL, STEP("005.1")}, NOTHING},

    {AFTER_COMMIT, SCENE_TRANSACTIONAL, {PROXY_SEEN, "COMMIT", NULL, STEP("001.1")}, NOTHING},
    {AFTER_COMMIT, SCENE_TRANSACTIONAL, {PROXY_BEFORE, JOURNAL, "|001||applied|", NULL}, NOTHING},
    {AFTER_COMMIT, SCENE_TRANSACTIONAL, {PROXY_SEEN, "COMMIT", NULL, STEP("002.3")}, NOTHING},
    {AFTER_COMMIT, SCENE_TRANSACTIONAL, {PROXY_ANSWERED, JOURNAL, "|002||applied|", NULL}, NOTHING},
    {AFTER_COMMIT, SCENE_TRANSACTIONAL, {PROXY_BEFORE, JOURNAL, "|run_finished|", NULL}, NOTHING},

    {BEFORE_BEGIN, SCENE_STEPWISE, {PROXY_BEFORE, JOURNAL, "|003||started|", NULL}, NOTHING},
    {BEFORE_BEGIN, SCENE_STEPWISE, {PROXY_BEFORE, "BEGIN", NULL, STEP("002.1")}, NOTHING},
    {BEFORE_BEGIN, SCENE_STEPWISE, {PROXY_BEFORE, "BEGIN", NULL, GATED("003.1")}, NOTHING},
    {BEFORE_BEGIN, SCENE_STEPWISE, {PROXY_BEFORE, JOURNAL, "|7|step_intended|", NULL}, NOTHING},
    {BEFORE_BEGIN, SCENE_STEPWISE, {PROXY_ANSWERED, JOURNAL, "|7|step_intended|", NULL}, NOTHING},
    {BEFORE_BEGIN, SCENE_STEPWISE, {PROXY_BEFORE, NOTE_INDEX, NULL, NULL}, NOTHING},
    {BEFORE_BEGIN, SCENE_STEPWISE, {PROXY_SEEN, JOURNAL, "|9|step_intended|", NULL}, NOTHING},

    {INSIDE_STATEMENT, SCENE_STEPWISE, {PROXY_BEFORE, GATED("003.1"), NULL, NULL}, GATE},
    {INSIDE_STATEMENT, SCENE_STEPWISE, {PROXY_BEFORE, GATED("003.3"), NULL, NULL}, GATE},
    {INSIDE_STATEMENT, SCENE_STEPWISE, {PROXY_BEFORE, NOTE_INDEX, NULL, NULL}, SNAPSHOT},
    {INSIDE_STATEMENT, SCENE_STEPWISE, {PROXY_BEFORE, NOTE_INDEX, NULL, NULL}, ROW_LOCK},
    {INSIDE_STATEMENT, SCENE_STEPWISE, {PROXY_SENT, NOTE_INDEX, NULL, NULL}, NOTHING},
    {INSIDE_STATEMENT, SCENE_STEPWISE, {PROXY_BEFORE, BOTH_INDEX, NULL, NULL}, SNAPSHOT},
    {INSIDE_STATEMENT, SCENE_STEPWISE, {PROXY_SENT, STEP("004.1"), NULL, NULL}, NOTHING},

    {BETWEEN_STATEMENTS, SCENE_STEPWISE, {PROXY_SEEN, STEP("003.2"), NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_STEPWISE, {PROXY_BEFORE, JOURNAL, "|step_done|", STEP("003.2")}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_STEPWISE, {PROXY_ANSWERED, NOTE_INDEX, NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_STEPWISE, {PROXY_SEEN, NOTE_INDEX, NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_STEPWISE, {PROXY_BEFORE, JOURNAL, "|7|step_done|", NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_STEPWISE, {PROXY_ANSWERED, BOTH_INDEX, NULL, NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_STEPWISE, {PROXY_SEEN, LEDGER, "|003|", NULL}, NOTHING},
    {BETWEEN_STATEMENTS, SCENE_STEPWISE, {PROXY_BEFORE, LEDGER, "|004|", NULL}, NOTHING},

    {INSIDE_COMMIT, SCENE_STEPWISE, {PROXY_BEFORE, "COMMIT", NULL, GATED("003.1")}, NOTHING},
    {INSIDE_COMMIT, SCENE_STEPWISE, {PROXY_ANSWERED, "COMMIT", NULL, GATED("003.1")}, NOTHING},
    {INSIDE_COMMIT, SCENE_STEPWISE, {PROXY_BEFORE, "COMMIT", NULL, STEP("003.2")}, COMMIT_GATE},
    {INSIDE_COMMIT, SCENE_STEPWISE, {PROXY_ANSWERED, "COMMIT", NULL, STEP("003.2")}, NOTHING},
    {INSIDE_COMMIT, SCENE_STEPWISE, {PROXY_SENT, "COMMIT", NULL, BOTH_INDEX}, NOTHING},
    {INSIDE_COMMIT, SCENE_STEPWISE, {PROXY_BEFORE, "COMMIT", NULL, BOTH_INDEX}, NOTHING},
    {INSIDE_COMMIT, SCENE_STEPWISE, {PROXY_ANSWERED, "COMMIT", NULL, STEP("004.2")}, NOTHING},

    {AFTER_COMMIT, SCENE_STEPWISE, {PROXY_SEEN, "COMMIT", NULL, GATED("003.1")}, NOTHING},
    {AFTER_COMMIT, SCENE_STEPWISE, {PROXY_SEEN, "COMMIT", NULL, STEP("003.2")}, NOTHING},
    {AFTER_COMMIT, SCENE_STEPWISE, {PROXY_SEEN, "COMMIT", NULL, NOTE_INDEX}, NOTHING},
    {AFTER_COMMIT, SCENE_STEPWISE, {PROXY_SEEN, "COMMIT", NULL, BOTH_INDEX}, NOTHING},
    {AFTER_COMMIT, SCENE_STEPWISE, {PROXY_BEFORE, JOURNAL, "|003||applied|", NULL}, NOTHING},
    {AFTER_COMMIT, SCENE_STEPWISE, {PROXY_SEEN, "COMMIT", NULL, STEP("004.2")}, NOTHING},
};

struct state {
    struct scene *scene;
    int histogram[PHASE_COUNT][2];
};

static int set_up(void **state)
{
    struct state *made = talloc_zero(NULL, struct state);
    made->scene = scene_start(made);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

static void put_up(struct scene *scene, enum obstacle obstacle)
{
    switch (obstacle) {
    case NOTHING:
        break;
    case GATE:
        scene_close_gate(scene, SCENE_GATE_STATEMENT);
        break;
    case COMMIT_GATE:
        scene_close_gate(scene, SCENE_GATE_COMMIT);
        break;
    case SNAPSHOT:
        oracle_execute(scene->holder, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
        break;
    case ROW_LOCK:
        oracle_execute(scene->holder, "BEGIN; UPDATE public.v001_wide SET note = note WHERE id = 1");
        break;
    }
}

/* Until the server is inside the statement, which the obstacle holds up. */
static void wait_at(struct scene *scene, enum obstacle obstacle)
{
    if (obstacle == GATE || obstacle == COMMIT_GATE)
        scene_wait_at_gate(scene);
    else if (obstacle != NOTHING &&
             !oracle_wait(scene->oracle, SCENE_PATIENCE_MS,
                          "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                          " WHERE NOT l.granted AND l.locktype = 'virtualxid'"
                          " AND a.query LIKE 'CREATE%%INDEX CONCURRENTLY%%')"))
        fail_msg("CREATE INDEX CONCURRENTLY did not come to its wait");
}

static void take_down(struct scene *scene, enum obstacle obstacle)
{
    if (obstacle == GATE || obstacle == COMMIT_GATE)
        scene_open_gates(scene);
    else if (obstacle != NOTHING)
        oracle_execute(scene->holder, "ROLLBACK");
}

/* Runs up to the place, kills, judges, applies the rest, judges the end. */
static void run_case(struct scene *scene, const struct kill_case *place)
{
    scene_reset(scene, files, countof(files));
    proxy_arm(scene->proxy, &place->stop);
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    put_up(scene, place->obstacle);
    if (place->obstacle != NOTHING) {
        proxy_release(scene->proxy);
        wait_at(scene, place->obstacle);
    }
    program_kill(program);
    assert_int_equal(program->signal_number, SIGKILL);
    take_down(scene, place->obstacle);
    talloc_free(program);
    scene_check(scene);
    scene_finish(scene);
}

static int least(const struct state *state)
{
    int number = state->histogram[0][0];
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        for (int kind = 0; kind < 2; kind++)
            if (state->histogram[phase][kind] < number)
                number = state->histogram[phase][kind];
    return number;
}

static void print_case(const struct kill_case *place)
{
    static const char *const points[] = {"before", "sent", "answered", "seen"};
    print_message("place: %s %s: %s \"%s\" %s after %s\n", phase_names[place->phase], kind_names[place->kind],
                  points[place->stop.point], place->stop.statement, place->stop.values ? place->stop.values : "",
                  place->stop.after ? place->stop.after : "anything");
}

/* Every place in turn, those of the phase that was met least first in the next round, until each phase has enough. */
static void test_kill_in_every_phase_leaves_all_or_nothing(void **context)
{
    struct state *state = *context;
    int wanted = LEAST_PER_PHASE * scene_soak();
    while (least(state) < wanted) {
        for (size_t i = 0; i < countof(cases); i++) {
            const struct kill_case *place = &cases[i];
            if (state->histogram[place->phase][place->kind] >= wanted)
                continue;
            if (getenv("PGDECK_TRACE"))
                print_case(place);
            run_case(state->scene, place);
            state->histogram[place->phase][place->kind]++;
        }
    }
    for (int kind = 0; kind < 2; kind++)
        for (int phase = 0; phase < PHASE_COUNT; phase++)
            print_message("phase %s %s %d\n", phase_names[phase], kind_names[kind], state->histogram[phase][kind]);
    assert_true(least(state) >= LEAST_PER_PHASE);
}

/* ---- what a killed run leaves at work on the server ---- */

/* Kills a run that is inside a gate, which stays closed. */
static void kill_at_gate(struct scene *scene, enum scene_gate gate, const char *statement, const char *after)
{
    scene_reset(scene, files, countof(files));
    proxy_arm(scene->proxy, &(struct proxy_stop){PROXY_BEFORE, statement, NULL, after});
    struct program *program = scene_start_apply(scene, SCENE_PROXIED);
    scene_wait_stop(scene, program);
    scene_close_gate(scene, gate);
    proxy_release(scene->proxy);
    scene_wait_at_gate(scene);
    program_kill(program);
    talloc_free(program);
}

static void test_killed_run_statement_is_ended_by_the_server_soon(void **context)
{
    struct scene *scene = ((struct state *)*context)->scene;
    kill_at_gate(scene, SCENE_GATE_STATEMENT, GATED("002.2"), NULL);
    int64_t killed_ms = clock_monotonic_ms();
    oracle_wait_gone(scene->oracle, SCENE_PATIENCE_MS);
    assert_true(clock_monotonic_ms() - killed_ms < 6000); /* client_connection_check_interval is 2 s */
    scene_open_gates(scene);
    scene_check(scene);
    scene_finish(scene);
}

/* The next run comes while the COMMIT of the killed one is still at work, and that succeeds after all. */
static void apply_over_orphan(struct scene *scene, const char *statement)
{
    kill_at_gate(scene, SCENE_GATE_COMMIT, "COMMIT", statement);
    struct program *next = scene_start_apply(scene, SCENE_DIRECT);
    if (!oracle_wait(scene->oracle, SCENE_PATIENCE_MS,
                     "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'pgdeck%%' AND"
                     " query LIKE '%%string_agg(a.pid%%')"))
        fail_msg("the next run did not wait for the killed one");
    scene_open_gates(scene);
    program_wait(next, 2 * SCENE_PATIENCE_MS);
    if (next->exit_status != 0 && next->exit_status != 4)
        fail_msg("exit %d: %s%s", next->exit_status, next->out, next->err);
    talloc_free(next);
    scene_finish(scene);
}

static void test_killed_run_commits_file_while_the_next_one_waits(void **context)
{
    apply_over_orphan(((struct state *)*context)->scene, STEP("002.3"));
}

static void test_killed_run_commits_step_while_the_next_one_waits(void **context)
{
    apply_over_orphan(((struct state *)*context)->scene, STEP("003.2"));
}

/* ---- at any moment ---- */

static void test_kill_at_random_moments_leaves_all_or_nothing(void **context)
{
    struct scene *scene = ((struct state *)*context)->scene;
    unsigned seed = 20260901;
    for (int i = 0; i < 20 * scene_soak(); i++) {
        scene_reset(scene, files, countof(files));
        struct program *program = scene_start_apply(scene, SCENE_DIRECT);
        struct timespec pause = {.tv_nsec = rand_r(&seed) % 100 * 1000000L / 2 + rand_r(&seed) % 1000000};
        nanosleep(&pause, NULL); /* no condition to wait for: any moment will do */
        program_kill(program);
        talloc_free(program);
        scene_check(scene);
        scene_finish(scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kill_in_every_phase_leaves_all_or_nothing),
        cmocka_unit_test(test_killed_run_statement_is_ended_by_the_server_soon),
        cmocka_unit_test(test_killed_run_commits_file_while_the_next_one_waits),
        cmocka_unit_test(test_killed_run_commits_step_while_the_next_one_waits),
        cmocka_unit_test(test_kill_at_random_moments_leaves_all_or_nothing),
    };
    cmocka_set_test_filter(getenv("PGDECK_TEST"));
    return cmocka_run_group_tests_name("kill", tests, set_up, tear_down);
}
