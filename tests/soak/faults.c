/* Faults by the thousand: a small random history of migrations is applied while one thing, drawn at random, goes wrong.
 * Then schema, ledger, journal and status are judged through another connection, all that the program said is held
 * against them (fault/judge.c), and a further apply must end with everything applied exactly once.
 *
 * faults COUNT [SEED]: each round has the seed after the one before; `faults 1 SEED` is one round again.
 * PGDECK_TRACE=1 prints each round and its files. */
#include "tests/soak/fault/soak.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

enum { MOMENT_MS = 150 };

/* What the command line asks for. */
static struct {
    int rounds;
    unsigned seed;
} asked;

unsigned soak_draw(struct soak *soak, unsigned below) { return (unsigned)rand_r(&soak->state) % below; }

void soak_pause(unsigned milliseconds)
{
    nanosleep(&(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L}, NULL);
}

static struct program *start_apply(struct soak *soak, const struct fault *fault)
{
    const char *words[] = {"-C",        soak->scene->project, "-d", soak->scene->direct, "--json", "apply",
                           "--confirm", SCENE_DATABASE,       NULL};
    const char *environment[8] = {0};
    size_t count = 0;
    for (size_t i = 0; i < countof(fault->environment) && fault->environment[i]; i++)
        environment[count++] = fault->environment[i]; /* the first of a name counts */
    if (!fault->prepare)
        environment[count++] = "PGDECK_LOCK_TIMEOUT=5s"; /* one long wait: what stands at a gate is to stay there */
    environment[count++] = "PGDECK_LOCK_FIRST=20ms";
    environment[count++] = "PGDECK_LOCK_MOST=80ms";
    environment[count] = "PGDECK_LOCK_PAUSE=100ms";
    return program_start(soak->memory, soak->scene->home, environment, words);
}

/* Until the run stands at a closed gate or has ended; no longer than a while: its history may have none. */
static void wait_at_gate(struct soak *soak, struct program *program)
{
    for (int i = 0; i < 100 && !program_has_ended(program); i++) {
        if (oracle_says(soak->scene->oracle, "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'"
                                             " AND NOT granted AND objid IN (77, 78))"))
            return;
        soak_pause(5);
    }
}

static struct program *run_fault(struct soak *soak, const struct fault *fault)
{
    bool is_gated = !fault->prepare && soak_draw(soak, 3) > 0;
    if (fault->prepare)
        fault->prepare(soak);
    if (is_gated)
        scene_close_gate(soak->scene, soak_draw(soak, 2) ? SCENE_GATE_STATEMENT : SCENE_GATE_COMMIT);
    struct program *program = start_apply(soak, fault);
    if (is_gated)
        wait_at_gate(soak, program);
    if (!fault->prepare)
        soak_pause(soak_draw(soak, MOMENT_MS));
    if (fault->strike)
        fault->strike(soak, program);
    return program;
}

static void take_away(struct soak *soak)
{
    scene_open_gates(soak->scene);
    oracle_execute(soak->blocker, "ROLLBACK");
    PQfinish(soak->partner);
    soak->partner = NULL;
    for (int i = 0; i < READERS; i++) {
        PQfinish(soak->readers[i]);
        soak->readers[i] = NULL;
    }
}

static void run_round(struct soak *soak)
{
    soak->state = soak->seed * 2654435761u;
    size_t at = soak_draw(soak, (unsigned)fault_count);
    const struct fault *fault = soak->fault = &faults[at];
    history_draw(soak);
    struct program *program = run_fault(soak, fault);
    take_away(soak);
    program_wait(program, 2 * SCENE_PATIENCE_MS);
    if (getenv("PGDECK_TRACE"))
        fprintf(stderr, "seed %u, %s: exit %d\n%s%s", soak->seed, fault->name, program->exit_status, program->out,
                program->err);
    scene_check(soak->scene);
    judge_columns(soak);
    judge_words(soak, program);
    *(program->signal_number ? &soak->tally[at].killed
      : program->exit_status ? &soak->tally[at].told
                             : &soak->tally[at].whole) += 1;
    if (oracle_says(soak->scene->oracle, "SELECT to_regclass('public.schema_migration_events') IS NOT NULL"))
        soak->tally[at].failures += (int)oracle_number(
            soak->scene->oracle, "SELECT count(*) FROM public.schema_migration_events WHERE event = 'failed'");
    scene_finish(soak->scene);
    judge_columns(soak);
}

/* ---- the program ---- */

static int set_up(void **state)
{
    struct soak *soak = talloc_zero(NULL, struct soak);
    *state = soak;
    soak->scene = scene_start(soak);
    soak->blocker = oracle_open(soak, soak->scene->server, SCENE_DATABASE);
    oracle_execute(soak->scene->oracle, "ALTER SYSTEM SET deadlock_timeout = '50ms'");
    oracle_execute(soak->scene->oracle, "SELECT pg_reload_conf()");
    return 0;
}

static int tear_down(void **state)
{
    struct soak *soak = *state;
    if (soak->fault)
        print_message("the last round: seed %u, %s\n", soak->seed, soak->fault->name);
    return talloc_free(soak);
}

static void test_after_every_fault_ledger_and_schema_agree(void **state)
{
    struct soak *soak = *state;
    for (int i = 0; i < asked.rounds; i++) {
        soak->seed = asked.seed + (unsigned)i;
        run_round(soak);
    }
    for (size_t i = 0; i < fault_count; i++)
        print_message("%-28s applied all %4d, failed and said so %4d, killed %4d; %d failed attempts\n", faults[i].name,
                      soak->tally[i].whole, soak->tally[i].told, soak->tally[i].killed, soak->tally[i].failures);
}

int main(int count, char **arguments)
{
    asked.rounds = count > 1 ? (int)strtol(arguments[1], NULL, 10) : 0;
    asked.seed = count > 2 && *arguments[2] ? (unsigned)strtoul(arguments[2], NULL, 10) : (unsigned)time(NULL);
    if (asked.rounds < 1) {
        fprintf(stderr, "usage: faults COUNT [SEED]\n");
        return 2;
    }
    print_message("faults: %d rounds from seed %u\n", asked.rounds, asked.seed);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_after_every_fault_ledger_and_schema_agree)};
    return cmocka_run_group_tests_name("faults", tests, set_up, tear_down);
}
