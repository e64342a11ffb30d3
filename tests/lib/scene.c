/* See scene.h. */
#include "tests/lib/scene.h"

#include <dirent.h>
#include <jansson.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

static const char fixture[] =
    "CREATE SCHEMA fixture;"
    "CREATE TABLE fixture.counter (name text);"
    "CREATE FUNCTION fixture.gate() RETURNS integer LANGUAGE sql"
    " AS 'SELECT pg_catalog.pg_advisory_xact_lock_shared(77); SELECT 1';"
    "CREATE FUNCTION fixture.wait() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(78); RETURN NULL; END';"
    "CREATE TABLE fixture.late (id integer);"
    "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON fixture.late DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION fixture.wait()";

struct scene *scene_start(TALLOC_CTX *owner)
{
    struct scene *scene = talloc_zero(owner, struct scene);
    scene->server = test_server_start(scene, NULL);
    test_server_create_database(scene->server, SCENE_DATABASE);
    scene->oracle = oracle_open(scene, scene->server, SCENE_DATABASE);
    scene->holder = oracle_open(scene, scene->server, SCENE_DATABASE);
    oracle_execute(scene->oracle, "%s", fixture);
    scene->proxy = proxy_start(scene, test_server_host(scene->server));
    scene->home = test_directory(scene);
    scene->project = test_directory(scene);
    scene->direct = talloc_asprintf(scene, "host=%s port=5432 user=postgres dbname=" SCENE_DATABASE,
                                    test_server_host(scene->server));
    scene->proxied =
        talloc_asprintf(scene, "host=%s port=5432 user=postgres dbname=" SCENE_DATABASE, proxy_directory(scene->proxy));
    return scene;
}

static void write_files(struct scene *scene)
{
    char *folder = talloc_asprintf(scene, "%s/migrations", scene->project);
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    for (size_t i = 0; i < scene->file_count; i++) {
        char *name = talloc_asprintf(folder, "migrations/%s_%s.sql", scene->files[i].version, scene->files[i].name);
        test_write(scene->project, name, scene->files[i].text);
    }
    talloc_free(folder);
}

void scene_reset(struct scene *scene, const struct scene_file *files, size_t count)
{
    proxy_reset(scene->proxy);
    oracle_reopen(scene->holder);
    oracle_wait_gone(scene->oracle, SCENE_PATIENCE_MS);
    oracle_forget(scene->oracle);
    oracle_execute(scene->oracle,
                   "SET client_min_messages = warning; DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;"
                   " TRUNCATE fixture.counter; DELETE FROM fixture.late");
    scene->files = files;
    scene->file_count = count;
    write_files(scene);
}

void scene_close_gate(struct scene *scene, enum scene_gate gate)
{
    oracle_execute(scene->holder, "SELECT pg_advisory_lock(%d)", (int)gate);
}

void scene_open_gates(struct scene *scene) { oracle_execute(scene->holder, "SELECT pg_advisory_unlock_all()"); }

void scene_wait_at_gate(struct scene *scene)
{
    if (!oracle_wait(
            scene->oracle, SCENE_PATIENCE_MS,
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory'"
            " AND NOT l.granted AND l.objid IN (%d, %d) AND a.application_name LIKE 'pgdeck%%')",
            SCENE_GATE_STATEMENT, SCENE_GATE_COMMIT))
        fail_msg("pgdeck did not come to the gate");
}

/* ---- pgdeck ---- */

struct program *scene_start_program(struct scene *scene, enum scene_way way, const char *const *words)
{
    const char *all[24] = {"-C", scene->project, "-d", way == SCENE_DIRECT ? scene->direct : scene->proxied};
    for (size_t i = 0; words[i] && i + 5 < countof(all); i++)
        all[4 + i] = words[i];
    /* One long wait: what stands at a gate is to stay there. */
    static const char *const environment[] = {"PGDECK_LOCK_TIMEOUT=5s", NULL};
    return program_start(scene, scene->home, environment, all);
}

struct program *scene_run(struct scene *scene, enum scene_way way, const char *const *words)
{
    struct program *program = scene_start_program(scene, way, words);
    program_wait(program, 2 * SCENE_PATIENCE_MS);
    return program;
}

static const char *const apply_words[] = {"apply", "--confirm", SCENE_DATABASE, NULL};

struct program *scene_start_apply(struct scene *scene, enum scene_way way)
{
    return scene_start_program(scene, way, apply_words);
}

struct program *scene_apply(struct scene *scene, enum scene_way way) { return scene_run(scene, way, apply_words); }

void scene_wait_stop(struct scene *scene, struct program *program)
{
    for (int waited_ms = 0; waited_ms < SCENE_PATIENCE_MS; waited_ms += 50) {
        if (proxy_wait(scene->proxy, 50))
            return;
        if (program_has_ended(program))
            break;
    }
    if (proxy_wait(scene->proxy, 0))
        return;
    fputs(proxy_statements(scene->proxy, scene), stderr); /* longer than cmocka's buffer */
    program_kill(program);
    fail_msg("the place was not reached; status %d\n%s%s", program->exit_status, program->out, program->err);
}

static json_t *read_status(struct scene *scene)
{
    struct program *program = scene_run(scene, SCENE_DIRECT, (const char *[]){"status", "--json", NULL});
    json_t *document = json_loads(program->out, 0, NULL);
    if (program->exit_status != 0 || !document)
        fail_msg("status ended with %d: %s%s", program->exit_status, program->out, program->err);
    talloc_free(program);
    return document;
}

static const char *state_in(json_t *document, const char *version)
{
    size_t i;
    json_t *migration;
    json_array_foreach(json_object_get(document, "migrations"), i, migration)
    {
        const char *found = json_string_value(json_object_get(migration, "version"));
        if (found && !strcmp(found, version))
            return json_string_value(json_object_get(migration, "state"));
    }
    return "absent";
}

const char *scene_state(struct scene *scene, const char *version)
{
    json_t *document = read_status(scene);
    const char *state = talloc_strdup(scene, state_in(document, version));
    json_decref(document);
    return state;
}

/* ---- judgement ---- */

static long ledger_rows(struct scene *scene, const char *version)
{
    if (!oracle_says(scene->oracle, "SELECT to_regclass('public.schema_migrations') IS NOT NULL"))
        return 0;
    return oracle_number(scene->oracle, "SELECT count(*) FROM public.schema_migrations WHERE version = '%s'", version);
}

static long counted(struct scene *scene, const char *version)
{
    return oracle_number(scene->oracle, "SELECT count(*) FROM fixture.counter WHERE name LIKE '%s.%%'", version);
}

static long related(struct scene *scene, const char *version)
{
    return oracle_number(scene->oracle,
                         "SELECT count(*) FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid"
                         " WHERE relnamespace = 'public'::regnamespace AND relname LIKE 'v%s\\_%%'"
                         " AND coalesce(i.indisvalid, true)",
                         version);
}

static void check_file(struct scene *scene, const struct scene_file *file, json_t *status)
{
    long in_ledger = ledger_rows(scene, file->version), rows = counted(scene, file->version);
    long relations = related(scene, file->version);
    const char *state = state_in(status, file->version);
    bool is_whole = rows == file->rows && relations == file->relations, is_absent = !rows && !relations;
    if (in_ledger ? in_ledger != 1 || !is_whole : file->kind == SCENE_TRANSACTIONAL && !is_absent)
        fail_msg("%s: %ld ledger rows, %ld of %d counted, %ld of %d relations", file->version, in_ledger, rows,
                 file->rows, relations, file->relations);
    if (in_ledger)
        assert_string_equal(state, "applied");
    else if (is_absent && file->kind == SCENE_STEPWISE)
        assert_true(!strcmp(state, "pending") || !strcmp(state, "incomplete"));
    else
        assert_string_equal(state, is_absent ? "pending" : "incomplete");
}

static void check_journal(struct scene *scene)
{
    if (!oracle_says(scene->oracle, "SELECT to_regclass('public.schema_migration_events') IS NOT NULL"))
        return;
    assert_string_equal(
        oracle_text(scene->oracle,
                    "SELECT string_agg(version, ' ') FROM public.schema_migration_events WHERE event = 'applied'"
                    " AND version NOT IN (SELECT version FROM public.schema_migrations)"),
        "");
    assert_string_equal(
        oracle_text(scene->oracle,
                    "SELECT string_agg(version || ' ' || coalesce(step, 0), ', ') FROM (SELECT version, step"
                    " FROM public.schema_migration_events WHERE event IN ('applied', 'step_done')"
                    " GROUP BY event, version, step HAVING count(*) > 1) AS twice"),
        "");
}

void scene_check(struct scene *scene)
{
    oracle_wait_gone(scene->oracle, SCENE_PATIENCE_MS);
    json_t *status = read_status(scene);
    for (size_t i = 0; i < scene->file_count; i++)
        check_file(scene, &scene->files[i], status);
    check_journal(scene);
    json_decref(status);
}

void scene_check_end(struct scene *scene)
{
    for (size_t i = 0; i < scene->file_count; i++)
        if (ledger_rows(scene, scene->files[i].version) != 1)
            fail_msg("%s is not in the ledger", scene->files[i].version);
    scene_check(scene);
    assert_string_equal(oracle_text(scene->oracle, "SELECT string_agg(name, ' ') FROM (SELECT name FROM fixture.counter"
                                                   " GROUP BY name HAVING count(*) > 1) AS twice"),
                        "");
    assert_string_equal(oracle_text(scene->oracle, "SELECT string_agg(indexrelid::regclass::text, ' ') FROM pg_index"
                                                   " WHERE NOT indisvalid"),
                        "");
}

void scene_finish(struct scene *scene)
{
    struct program *program = scene_apply(scene, SCENE_DIRECT);
    if (program->exit_status != 0)
        fail_msg("the second apply ended with %d: %s%s", program->exit_status, program->out, program->err);
    talloc_free(program);
    scene_check_end(scene);
}

int scene_soak(void)
{
    const char *asked = getenv("PGDECK_SOAK");
    long times = asked ? strtol(asked, NULL, 10) : 1;
    return times < 1 ? 1 : times > 1000000 ? 1000000 : (int)times;
}
