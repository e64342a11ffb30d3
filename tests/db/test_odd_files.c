/* Files that would upset a naive runner: they change role, touch the ledger, end the transaction, carry data, wait for
 * locks. Each is applied or refused whole, with the exit code and the place that docs/output.md promises. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/scene.h"

#define LEDGER "public.schema_migrations"

/* Each text runs behind the statement that counts itself. */
struct odd_file {
    const char *what, *text;
    int exit_status;
    const char *words; /* on stderr */
};

static const struct odd_file odd_files[] = {
    {"ends in SET ROLE", "SET ROLE plain;", 0, ""},
    {"ends in SET LOCAL ROLE", "SET LOCAL ROLE plain;", 0, ""},
    {"ends in SET SESSION AUTHORIZATION", "SET SESSION AUTHORIZATION plain;", 0, ""},
    {"makes the search path empty", "SET search_path = '';", 0, ""},
    {"changes the client's encoding", "SET client_encoding = 'LATIN1';", 0, ""},
    {"frees advisory locks", "SELECT pg_advisory_unlock_all();", 0, ""},
    {"has a savepoint", "SAVEPOINT a; INSERT INTO fixture.counter VALUES ('001.9'); ROLLBACK TO a;", 0, ""},
    {"brings data", "COPY fixture.late FROM stdin;\n41\n42\n\\.\n", 0, ""},
    {"raises a notice", "DO $$ BEGIN RAISE NOTICE 'look here'; END $$;", 0, "001: NOTICE: look here"},
    {"deletes its ledger row", "DELETE FROM " LEDGER ";", 4, "changed the ledger"},
    {"empties the ledger", "TRUNCATE " LEDGER ";", 4, "changed the ledger"},
    {"writes a version of its own", "INSERT INTO " LEDGER " (version) VALUES ('999');", 4, "changed the ledger"},
    {"changes its ledger row", "UPDATE " LEDGER " SET checksum = 'x';", 4, "changed the ledger"},
    {"drops the ledger", "DROP TABLE " LEDGER ";", 4, "changed the ledger"},
    {"renames the ledger", "ALTER TABLE " LEDGER " RENAME TO gone;", 4, "changed the ledger"},
    {"replaces the ledger",
     "ALTER TABLE " LEDGER " RENAME TO gone; CREATE TABLE " LEDGER " (LIKE gone INCLUDING ALL);"
     "INSERT INTO " LEDGER " SELECT * FROM gone;",
     4, "changed the ledger"},
    {"drops a column of the ledger", "ALTER TABLE " LEDGER " DROP COLUMN duration_ms;", 4, "changed the ledger"},
    {"commits in a DO block", "DO $$ BEGIN COMMIT; END $$;", 5, "migrations/001_odd.sql:2:1: "},
    {"fails", "SELECT 1/0;", 5, "migrations/001_odd.sql:2:1: "},
    {"fails behind the first column", "SELECT 1,\n  nothing;", 5, "migrations/001_odd.sql:3:3: "},
    {"fails at COMMIT",
     "CREATE TABLE v001_parent (id integer PRIMARY KEY);"
     "CREATE TABLE v001_child (id integer REFERENCES v001_parent DEFERRABLE INITIALLY DEFERRED);"
     "INSERT INTO v001_child VALUES (1);",
     5, "v001_child"},
    {"ends its own session", "SELECT pg_terminate_backend(pg_backend_pid());", 3, "nothing of 001 was applied"},
    {"ends the transaction and chains", "COMMIT AND CHAIN;", 2, "migrations/001_odd.sql:2:1: "},
    {"ends the transaction", "  COMMIT;", 2, "migrations/001_odd.sql:2:3: "},
    {"begins one", "BEGIN;", 2, "migrations/001_odd.sql:2:1: "},
    {"prepares the transaction", "PREPARE TRANSACTION 'a';", 2, "migrations/001_odd.sql:2:1: "},
    {"cannot run in a transaction", "VACUUM;", 2, "migrations/001_odd.sql:2:1: "},
};

static int set_up(void **state)
{
    struct scene *scene = *state = scene_start(NULL);
    oracle_execute(scene->oracle, "CREATE ROLE plain");
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

static void reset(struct scene *scene, const char *text)
{
    struct scene_file *file = talloc_zero(scene, struct scene_file);
    *file = (struct scene_file){"001", "odd", text, SCENE_TRANSACTIONAL, 1, 0};
    scene_reset(scene, file, 1);
}

static void check_result(struct scene *scene, const struct program *program, const char *what, int exit_status,
                         const char *words)
{
    if (program->exit_status != exit_status || !strstr(program->err, words))
        fail_msg("a file that %s: exit %d instead of %d, without \"%s\": %s%s", what, program->exit_status, exit_status,
                 words, program->out, program->err);
    /* What no run would take, status does not take either. */
    if (exit_status == 2) {
        assert_int_equal(oracle_number(scene->oracle, "SELECT count(*) FROM fixture.counter"), 0);
        return;
    }
    scene_check(scene);
    assert_string_equal(scene_state(scene, "001"), exit_status == 0 ? "applied" : "pending");
}

static void test_odd_file_is_applied_or_refused_whole(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < countof(odd_files); i++) {
        const struct odd_file *odd = &odd_files[i];
        reset(scene, talloc_asprintf(scene, "INSERT INTO fixture.counter VALUES ('001.1');\n%s\n", odd->text));
        check_result(scene, scene_apply(scene, SCENE_DIRECT), odd->what, odd->exit_status, odd->words);
    }
    oracle_wait_gone(scene->oracle, SCENE_PATIENCE_MS);
}

static void test_copy_from_stdin_brings_every_row(void **state)
{
    struct scene *scene = *state;
    reset(scene, "CREATE TABLE fixture.copied (id integer, note text);\n"
                 "COPY fixture.copied FROM stdin;\n1\tone; two\n2\t\\N\n\\.\n"
                 "INSERT INTO fixture.counter VALUES ('001.1');\n");
    check_result(scene, scene_apply(scene, SCENE_DIRECT), "brings data", 0, "");
    assert_string_equal(oracle_text(scene->oracle,
                                    "SELECT string_agg(id || '=' || coalesce(note, 'null'), ',' ORDER BY id)"
                                    " FROM fixture.copied"),
                        "1=one; two,2=null");
    oracle_execute(scene->oracle, "DROP TABLE fixture.copied");
}

static void test_lock_timeout_exits_4_with_nothing_applied(void **state)
{
    struct scene *scene = *state;
    reset(scene,
          "-- pgdeck: lock-timeout 50ms\nINSERT INTO fixture.counter VALUES ('001.1');\nLOCK TABLE fixture.late;\n");
    oracle_execute(scene->holder, "BEGIN; LOCK TABLE fixture.late IN ACCESS EXCLUSIVE MODE");
    struct program *program = scene_apply(scene, SCENE_DIRECT);
    check_result(scene, program, "waits for a lock", 4, "nothing of 001 stands");
    oracle_execute(scene->holder, "ROLLBACK");
    scene_finish(scene);
}

/* What a file sets must not reach the next one. */
static void test_settings_of_a_file_end_with_it(void **state)
{
    static const struct scene_file files[] = {
        {"001", "sets",
         "SET ROLE plain;\nRESET ROLE;\nSET search_path = fixture;\nSET lock_timeout = 1;\n"
         "INSERT INTO counter VALUES ('001.1');\n",
         SCENE_TRANSACTIONAL, 1, 0},
        {"002", "looks",
         "INSERT INTO fixture.counter SELECT '002.1' WHERE current_setting('search_path') NOT LIKE 'fixture%'"
         " AND current_setting('lock_timeout') <> '1ms' AND current_user = session_user;\n",
         SCENE_TRANSACTIONAL, 1, 0},
    };
    struct scene *scene = *state;
    scene_reset(scene, files, countof(files));
    scene_finish(scene);
}

/* Of a file outside a transaction the steps before stand; the one that touches the ledger does not. */
static void test_step_that_changes_the_ledger_is_rolled_back(void **state)
{
    static const char *const attacks[] = {
        "DELETE FROM " LEDGER ";",
        "TRUNCATE " LEDGER ";",
        "DROP TABLE " LEDGER ";",
        "UPDATE " LEDGER " SET version = '0' || version;",
        "INSERT INTO " LEDGER " (version) VALUES ('999');",
        "INSERT INTO " LEDGER " (version) VALUES ('002') ON CONFLICT DO NOTHING;",
        "DO $$ BEGIN EXECUTE 'DELETE FROM public.schema_' || 'migrations'; END $$;",
        "BEGIN ISOLATION LEVEL SERIALIZABLE;\nDELETE FROM " LEDGER ";\nCOMMIT;",
        "SET ROLE plain;\nRESET ROLE;\nALTER TABLE " LEDGER " RENAME TO gone;\nSELECT 1;",
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < countof(attacks); i++) {
        const struct scene_file files[] = {
            {"001", "fine", "INSERT INTO fixture.counter VALUES ('001.1');\n", SCENE_TRANSACTIONAL, 1, 0},
            {"002", "attacks",
             talloc_asprintf(scene, "-- pgdeck: no-transaction\nINSERT INTO fixture.counter VALUES ('002.1');\n%s\n",
                             attacks[i]),
             SCENE_STEPWISE, 1, 0},
        };
        scene_reset(scene, files, countof(files));
        struct program *program = scene_apply(scene, SCENE_DIRECT);
        if (program->exit_status != 6 || !strstr(program->err, "it changed the ledger"))
            fail_msg("%s: exit %d: %s%s", attacks[i], program->exit_status, program->out, program->err);
        assert_string_equal(oracle_text(scene->oracle, "SELECT string_agg(version, ',') FROM " LEDGER), "001");
        assert_string_equal(scene_state(scene, "002"), "incomplete");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_odd_file_is_applied_or_refused_whole),
        cmocka_unit_test(test_copy_from_stdin_brings_every_row),
        cmocka_unit_test(test_lock_timeout_exits_4_with_nothing_applied),
        cmocka_unit_test(test_settings_of_a_file_end_with_it),
        cmocka_unit_test(test_step_that_changes_the_ledger_is_rolled_back),
    };
    cmocka_set_test_filter(getenv("PGDECK_TEST"));
    return cmocka_run_group_tests_name("odd files", tests, set_up, tear_down);
}
