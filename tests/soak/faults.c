/* Faults by the thousand: a small random history of migrations is applied while one thing, drawn at random, goes wrong.
 * Then schema, ledger, journal and status are judged through another connection, what the program said is held against
 * them, and a further apply must end with everything applied exactly once.
 *
 * faults COUNT [SEED]: each round has the seed after the one before; `faults 1 SEED` is one round again.
 * PGDECK_TRACE=1 prints each round and its files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "tests/lib/scene.h"

enum { FAULTS_MOST = 20, FILES_MOST = 4, STATEMENTS_MOST = 5, READERS = 3, MOMENT_MS = 150 };

struct fault;

struct soak {
    struct scene *scene;
    struct oracle *blocker;
    PGconn *partner, *readers[READERS];
    unsigned seed, state;
    const struct fault *fault; /* of this round */
    TALLOC_CTX *memory;
    struct scene_file *files;
    struct {
        int whole, told, killed; /* rounds in which the run applied all, failed, was ended */
        int failures;            /* of an attempt or a step, as the journal has them */
    } tally[FAULTS_MOST];
    int columns[FILES_MOST]; /* that each file adds to hot and cold */
    size_t file_count;
};

/* What the command line asks for. */
static struct {
    int rounds;
    unsigned seed;
} asked;

static unsigned draw(struct soak *soak, unsigned below) { return (unsigned)rand_r(&soak->state) % below; }

static void pause_for(unsigned milliseconds)
{
    nanosleep(&(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000L}, NULL);
}

/* ---- faults: each comes over a running program ---- */

static void terminate(struct soak *soak, const char *which)
{
    oracle_execute(soak->scene->oracle,
                   "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'pgdeck:%%'"
                   " AND application_name %s",
                   which);
}

static void end_work(struct soak *soak, struct program *program UNUSED) { terminate(soak, "!~ ':(lock|watch)$'"); }

static void end_lock(struct soak *soak, struct program *program UNUSED) { terminate(soak, "LIKE '%%:lock'"); }

static void end_watcher(struct soak *soak, struct program *program UNUSED) { terminate(soak, "LIKE '%%:watch'"); }

static void end_all(struct soak *soak, struct program *program UNUSED) { terminate(soak, "IS NOT NULL"); }

static void interrupt(struct soak *soak UNUSED, struct program *program)
{
    if (!program_has_ended(program))
        kill(program->pid, SIGINT);
}

static void end_program(struct soak *soak UNUSED, struct program *program)
{
    if (!program_has_ended(program))
        kill(program->pid, SIGKILL);
}

static void interrupt_soon(struct soak *soak, struct program *program)
{
    pause_for(draw(soak, 500));
    interrupt(soak, program);
}

static void end_program_soon(struct soak *soak, struct program *program)
{
    pause_for(draw(soak, 500));
    end_program(soak, program);
}

static void restart_server(struct soak *soak, struct program *program UNUSED)
{
    test_server_stop(soak->scene->server, TEST_STOP_IMMEDIATE);
    test_server_restart(soak->scene->server);
    oracle_reopen(soak->scene->oracle);
    oracle_reopen(soak->scene->holder);
    oracle_reopen(soak->blocker);
}

static void lock_hot(struct soak *soak)
{
    oracle_execute(soak->blocker, "BEGIN; LOCK TABLE public.hot IN %s MODE",
                   draw(soak, 2) ? "ACCESS SHARE" : "ROW EXCLUSIVE");
}

static void stay(struct soak *soak, struct program *program UNUSED) { pause_for(draw(soak, 1500)); }

static void queue_behind(struct soak *soak, struct program *program)
{
    pause_for(draw(soak, 100));
    for (int i = 0; i < READERS; i++) {
        soak->readers[i] = PQconnectdb(test_server_conninfo(soak->scene->server, SCENE_DATABASE));
        assert_int_equal(PQsendQuery(soak->readers[i], "SELECT FROM public.hot"), 1);
    }
    stay(soak, program);
}

static void lock_for_deadlock(struct soak *soak)
{
    soak->partner = PQconnectdb(test_server_conninfo(soak->scene->server, SCENE_DATABASE));
    PQclear(PQexec(soak->partner, "SET deadlock_timeout = '1h'; BEGIN;"
                                  " LOCK TABLE public.hot IN SHARE UPDATE EXCLUSIVE MODE"));
}

/* Wants the other table once the run waits for the first, and goes when it has got it. pgdeck locks beforehand, by
 * name: it has cold by then. */
static void deadlock(struct soak *soak, struct program *program)
{
    for (int i = 0; i < 200 && !program_has_ended(program); i++) {
        if (oracle_says(soak->scene->oracle, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                                             " AND relation = 'public.hot'::regclass)"))
            break;
        pause_for(5);
    }
    PQclear(PQexec(soak->partner, "LOCK TABLE public.cold"));
    pause_for(draw(soak, 100));
}

/* What stands before the run begins, and what comes over it. */
static const struct fault {
    const char *name;
    void (*prepare)(struct soak *soak);                         /* or NULL: at a random moment */
    void (*strike)(struct soak *soak, struct program *program); /* or NULL */
    const char *environment[2];
} faults[] = {
    {"blocker", lock_hot, stay, {NULL}},
    {"blocker without patience", lock_hot, stay, {"PGDECK_LOCK_ATTEMPTS=2"}},
    {"queue behind", lock_hot, queue_behind, {"PGDECK_BREAKER_SESSIONS=2", "PGDECK_LOCK_MOST=1s"}},
    {"deadlock", lock_for_deadlock, deadlock, {"PGDECK_LOCK_FIRST=400ms", "PGDECK_LOCK_MOST=400ms"}},
    {"interrupt", NULL, interrupt, {NULL}},
    {"interrupt while blocked", lock_hot, interrupt_soon, {NULL}},
    {"kill", NULL, end_program, {NULL}},
    {"kill while blocked", lock_hot, end_program_soon, {NULL}},
    {"work connection ended", NULL, end_work, {NULL}},
    {"lock connection ended", NULL, end_lock, {NULL}},
    {"watcher ended", NULL, end_watcher, {NULL}},
    {"all connections ended", NULL, end_all, {NULL}},
    {"server restarted", NULL, restart_server, {NULL}},
    {"statement timeout", NULL, NULL, {"PGDECK_STATEMENT_TIMEOUT=30ms"}},
    {"tight statement timeout", NULL, NULL, {"PGDECK_STATEMENT_TIMEOUT=2ms"}},
};

/* ---- histories ---- */

struct draft {
    struct scene_file *file;
    char *text;
    int number, columns;
};

/* Where a deadlock is wanted, each file needs hot, and cold behind it. */
static const char *either_table(struct soak *soak)
{
    return soak->fault->prepare == lock_for_deadlock || draw(soak, 2) ? "hot" : "cold";
}

static void add_statement(struct soak *soak, struct draft *draft)
{
    const char *version = draft->file->version;
    bool is_stepwise = draft->file->kind == SCENE_STEPWISE;
    int number = ++draft->number;
    char **text = &draft->text;
    switch (draw(soak, 10)) {
    case 0:
        *text = talloc_asprintf_append(*text, "CREATE TABLE v%s_%d (id integer);\n", version, number);
        draft->file->relations++;
        break;
    case 1:
    case 2:
        *text = talloc_asprintf_append(*text, "ALTER TABLE %s ADD COLUMN c%s_%d integer;\n", either_table(soak),
                                       version, number);
        draft->columns++;
        break;
    case 3:
    case 4:
        *text = talloc_asprintf_append(*text, "CREATE %sINDEX %sv%s_%d ON %s (id);\n", draw(soak, 2) ? "UNIQUE " : "",
                                       is_stepwise ? "CONCURRENTLY " : "", version, number, either_table(soak));
        draft->file->relations++;
        break;
    case 5:
    case 6:
        *text = talloc_asprintf_append(*text, "%sINSERT INTO fixture.late VALUES (%d);\n%s",
                                       is_stepwise ? "BEGIN;\n" : "", number, is_stepwise ? "COMMIT;\n" : "");
        break;
    case 7:
    case 8:
        *text = talloc_asprintf_append(*text, "INSERT INTO fixture.counter SELECT '%s.%d' FROM fixture.gate();\n",
                                       version, number);
        draft->file->rows++;
        break;
    default:
        *text = talloc_asprintf_append(*text, "INSERT INTO fixture.counter VALUES ('%s.%d');\n", version, number);
        draft->file->rows++;
        break;
    }
}

static void draw_file(struct soak *soak, size_t at)
{
    struct scene_file *file = &soak->files[at];
    file->version = talloc_asprintf(soak->memory, "%03zu", at + 1);
    file->name = "drawn";
    file->kind = draw(soak, 2) ? SCENE_STEPWISE : SCENE_TRANSACTIONAL;
    const char *head = file->kind == SCENE_STEPWISE ? "-- pgdeck: no-transaction\n" : "";
    struct draft draft = {.file = file, .text = talloc_strdup(soak->memory, head)};
    for (unsigned left = 1 + draw(soak, STATEMENTS_MOST); left > 0; left--)
        add_statement(soak, &draft);
    if (soak->fault->prepare == lock_for_deadlock || draw(soak, 2)) {
        draft.text = talloc_asprintf_append(draft.text,
                                            "ALTER TABLE hot ADD COLUMN c%s_x integer;\n"
                                            "ALTER TABLE cold ADD COLUMN c%s_x integer;\n",
                                            file->version, file->version);
        draft.columns += 2;
    }
    file->text = talloc_asprintf_append(draft.text, "INSERT INTO fixture.counter VALUES ('%s.last');\n", file->version);
    file->rows++;
    soak->columns[at] = draft.columns;
    if (getenv("PGDECK_TRACE"))
        fprintf(stderr, "--- %s\n%s", file->version, file->text);
}

static void draw_history(struct soak *soak)
{
    talloc_free(soak->memory);
    soak->memory = talloc_new(soak);
    soak->file_count = 1 + draw(soak, FILES_MOST);
    soak->files = talloc_zero_array(soak->memory, struct scene_file, FILES_MOST);
    for (size_t i = 0; i < soak->file_count; i++)
        draw_file(soak, i);
    scene_reset(soak->scene, soak->files, soak->file_count);
    oracle_execute(soak->scene->oracle, "CREATE TABLE public.hot AS SELECT i AS id FROM generate_series(1, 500) AS i;"
                                        "CREATE TABLE public.cold AS TABLE public.hot");
}

/* ---- one round ---- */

static struct program *start_apply(struct soak *soak, const struct fault *fault)
{
    const char *words[] = {"-C",    soak->scene->project, "-d",           soak->scene->direct,
                           "apply", "--confirm",          SCENE_DATABASE, NULL};
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
        pause_for(5);
    }
}

static struct program *run_fault(struct soak *soak, const struct fault *fault)
{
    bool is_gated = !fault->prepare && draw(soak, 3) > 0;
    if (fault->prepare)
        fault->prepare(soak);
    if (is_gated)
        scene_close_gate(soak->scene, draw(soak, 2) ? SCENE_GATE_STATEMENT : SCENE_GATE_COMMIT);
    struct program *program = start_apply(soak, fault);
    if (is_gated)
        wait_at_gate(soak, program);
    if (!fault->prepare)
        pause_for(draw(soak, MOMENT_MS));
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

_Static_assert(countof(faults) <= FAULTS_MOST, "the tally holds them all");

/* ---- judgement ---- */

static bool is_applied(struct soak *soak, size_t at)
{
    return oracle_says(soak->scene->oracle, "SELECT EXISTS (SELECT FROM public.schema_migrations WHERE version = '%s')",
                       soak->files[at].version);
}

static bool has_ledger(struct soak *soak)
{
    return oracle_says(soak->scene->oracle, "SELECT to_regclass('public.schema_migrations') IS NOT NULL");
}

static void check_columns(struct soak *soak)
{
    for (size_t i = 0; i < soak->file_count; i++) {
        const struct scene_file *file = &soak->files[i];
        long columns = oracle_number(soak->scene->oracle,
                                     "SELECT count(*) FROM pg_attribute WHERE attname LIKE 'c%s\\_%%' AND attnum > 0"
                                     " AND attrelid IN ('public.hot'::regclass, 'public.cold'::regclass)",
                                     file->version);
        bool in_ledger = has_ledger(soak) && is_applied(soak, i);
        if (in_ledger ? columns != soak->columns[i] : file->kind == SCENE_TRANSACTIONAL && columns != 0)
            fail_msg("%s: %ld of %d columns, %s the ledger", file->version, columns, soak->columns[i],
                     in_ledger ? "in" : "not in");
    }
}

/* What the program said, against what stands. */
static void check_words(struct soak *soak, const struct program *program)
{
    size_t applied = 0;
    for (size_t i = 0; i < soak->file_count; i++) {
        bool stands = has_ledger(soak) && is_applied(soak, i);
        char *nothing_of = talloc_asprintf(soak->memory, "othing of %s was applied", soak->files[i].version);
        applied += stands;
        if (stands && strstr(program->err, nothing_of))
            fail_msg("%s stands, but: %s", soak->files[i].version, program->err);
    }
    bool is_incomplete = false;
    for (size_t i = 0; i < soak->file_count; i++)
        is_incomplete |= !strcmp(scene_state(soak->scene, soak->files[i].version), "incomplete");
    bool agrees = program->exit_status == 0 ? applied == soak->file_count
                  : program->signal_number  ? true
                                            : applied < soak->file_count || strstr(program->err, "applied");
    if (!agrees || (is_incomplete && program->exit_status == 5))
        fail_msg("exit %d, %zu of %zu applied, %s: %s%s", program->exit_status, applied, soak->file_count,
                 is_incomplete ? "one incomplete" : "none incomplete", program->out, program->err);
    if (program->exit_status != 0 && !program->signal_number && !strstr(program->err, "pgdeck"))
        fail_msg("no next command in: %s", program->err);
}

static void run_round(struct soak *soak)
{
    soak->state = soak->seed * 2654435761u;
    size_t at = draw(soak, countof(faults));
    const struct fault *fault = soak->fault = &faults[at];
    draw_history(soak);
    struct program *program = run_fault(soak, fault);
    take_away(soak);
    program_wait(program, 2 * SCENE_PATIENCE_MS);
    if (getenv("PGDECK_TRACE"))
        fprintf(stderr, "seed %u, %s: exit %d\n%s%s", soak->seed, fault->name, program->exit_status, program->out,
                program->err);
    scene_check(soak->scene);
    check_columns(soak);
    check_words(soak, program);
    *(program->signal_number ? &soak->tally[at].killed
      : program->exit_status ? &soak->tally[at].told
                             : &soak->tally[at].whole) += 1;
    if (oracle_says(soak->scene->oracle, "SELECT to_regclass('public.schema_migration_events') IS NOT NULL"))
        soak->tally[at].failures += (int)oracle_number(
            soak->scene->oracle, "SELECT count(*) FROM public.schema_migration_events WHERE event = 'failed'");
    scene_finish(soak->scene);
    check_columns(soak);
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
    for (size_t i = 0; i < countof(faults); i++)
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
