/* The faults, each coming over a running program. See soak.h. */
#include "tests/soak/fault/soak.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>

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
    soak_pause(soak_draw(soak, 500));
    interrupt(soak, program);
}

static void end_program_soon(struct soak *soak, struct program *program)
{
    soak_pause(soak_draw(soak, 500));
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
                   soak_draw(soak, 2) ? "ACCESS SHARE" : "ROW EXCLUSIVE");
}

static void stay(struct soak *soak, struct program *program UNUSED) { soak_pause(soak_draw(soak, 1500)); }

static void queue_behind(struct soak *soak, struct program *program)
{
    soak_pause(soak_draw(soak, 100));
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
        soak_pause(5);
    }
    PQclear(PQexec(soak->partner, "LOCK TABLE public.cold"));
    soak_pause(soak_draw(soak, 100));
}

const struct fault faults[] = {
    {"blocker", lock_hot, stay, {NULL}, false},
    {"blocker without patience", lock_hot, stay, {"PGDECK_LOCK_ATTEMPTS=2"}, false},
    {"queue behind", lock_hot, queue_behind, {"PGDECK_BREAKER_SESSIONS=2", "PGDECK_LOCK_MOST=1s"}, false},
    {"deadlock", lock_for_deadlock, deadlock, {"PGDECK_LOCK_FIRST=400ms", "PGDECK_LOCK_MOST=400ms"}, true},
    {"interrupt", NULL, interrupt, {NULL}, false},
    {"interrupt while blocked", lock_hot, interrupt_soon, {NULL}, false},
    {"kill", NULL, end_program, {NULL}, false},
    {"kill while blocked", lock_hot, end_program_soon, {NULL}, false},
    {"work connection ended", NULL, end_work, {NULL}, false},
    {"lock connection ended", NULL, end_lock, {NULL}, false},
    {"watcher ended", NULL, end_watcher, {NULL}, false},
    {"all connections ended", NULL, end_all, {NULL}, false},
    {"server restarted", NULL, restart_server, {NULL}, false},
    {"statement timeout", NULL, NULL, {"PGDECK_STATEMENT_TIMEOUT=30ms"}, false},
    {"tight statement timeout", NULL, NULL, {"PGDECK_STATEMENT_TIMEOUT=2ms"}, false},
};
const size_t fault_count = countof(faults);
_Static_assert(countof(faults) <= FAULTS_MOST, "the tally holds them all");
