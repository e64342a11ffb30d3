/* Models against a real server and through the program: their DDL runs and makes what they say, the reference project's
 * agree with its init script, SQLAlchemy's two ways agree with each other, and a program that prints models is held to
 * its limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/output.h"
#include "migrate/models.h"
#include "tests/lib/deck.h"

static struct deck_scene *scene;

static int start(void **state)
{
    *state = talloc_new(NULL);
    scene = deck_scene_start(*state);
    return 0;
}

static int stop(void **state)
{
    json_decref(scene->document);
    talloc_free(*state);
    return 0;
}

static int reset(void **state UNUSED)
{
    deck_scene_reset(scene);
    return 0;
}

static void assert_err_holds(const char *part)
{
    if (!strstr(scene->program->err, part))
        fail_msg("\"%s\" is not on stderr: %s", part, scene->program->err);
}

/* The words become the models' program. */
static void set_program(const char *words)
{
    test_write(scene->project, "pgdeck.yaml", talloc_asprintf(scene, "models: {command: %s}\n", words));
}

static const char *read_stream(FILE *stream)
{
    char *text = talloc_strdup(scene, ""), buffer[8192];
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, stream)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    return text;
}

/* The schema of a database as pg_dump tells it, without the ledger. */
static const char *dump(const char *database)
{
    char *command = talloc_asprintf(scene,
                                    "%s/pg_dump -s -O -T 'schema_migration*' -h %s -p 5432 -U postgres %s"
                                    " | sed -E '/^\\\\(un)?restrict /d'",
                                    test_server_binaries(scene->server), test_server_host(scene->server), database);
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    const char *text = read_stream(stream);
    assert_int_equal(pclose(stream), 0);
    assert_non_null(strstr(text, "CREATE TABLE"));
    return text;
}

static void assert_same_text(const char *left, const char *right)
{
    const char *line = left;
    for (size_t i = 0; left[i] || right[i]; i++) {
        if (left[i] != right[i])
            fail_msg("they part at:\n%.300s\n--- and ---\n%.300s", line, right + (line - left));
        line = left[i] == '\n' ? &left[i + 1] : line;
    }
}

/* Runs the DDL that the last `models --ddl` has printed, in a new database. */
static const char *dump_of_ddl(const char *database)
{
    test_server_create_database(scene->server, database);
    test_server_execute(scene->server, database, scene->program->out);
    const char *text = dump(database);
    test_server_drop_database(scene->server, database);
    return text;
}

/* ---- the reference project ---- */

static void test_models_of_the_reference_project_make_its_schema(void **state UNUSED)
{
    FILE *file = fopen("initdb/create_tables.sql", "r");
    assert_non_null(file);
    const char *script = read_stream(file);
    fclose(file);
    test_server_create_database(scene->server, "by_init");
    test_server_execute(scene->server, "by_init", script);
    const char *by_init = dump("by_init");
    test_server_drop_database(scene->server, "by_init");
    scene->project = "."; /* the next reset makes another */
    DECK_RUN(scene, 0, "models", "--ddl");
    assert_same_text(by_init, dump_of_ddl("by_models"));
}

/* ---- what DDL makes ---- */

static const char *const all_shapes[][2] = {
    {"base.yaml", "mixin: Base\nsoft_delete: deleted_at\ncolumns:\n"
                  "  id: {type: bigint, nullable: false, primary_key: true, generate: snowflake}\n"
                  "  created_at: {type: timestamptz, nullable: false, default: now()}\n"
                  "  deleted_at: {type: timestamptz, nullable: true}\n"},
    {"types.yaml", "types:\n"
                   "  mood: {enum: [\"it's\", 'back\\slash', 'a, \"b\"'], comment: \"a; b\"}\n"
                   "  other.mood: {enum: []}\n"
                   "  positive: {domain: numeric(5,2), check: [VALUE > 0], default: 1, nullable: false}\n"
                   "  pair: {composite: {a: numeric(3,1), \"B b\": mood}}\n"},
    {"first.sql",
     "-- pgdeck: before-tables\nCREATE FUNCTION key_of(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT "
     "lower($1)'; -- no line end"},
    {"last.sql", "CREATE VIEW names AS SELECT name FROM \"Od;d\".\"T \"\"x\"\"\""},
    {"odd.yaml",
     "entity: Odd\ntable: '\"Od;d\".\"T \"\"x\"\"\"'\nextends: [Base]\n"
     "description: \"it's \\\\ a \\n comment\"\n"
     "columns:\n"
     "  name: {type: text, nullable: false, default: key_of('A'), collation: '\"C\"', comment: \"'; DROP\"}\n"
     "  \"Ünï \\\" cödé\": {type: \"int[]\", nullable: true}\n"
     "  n: {type: int, nullable: false, identity: by_default}\n"
     "  twice: {type: int, nullable: true, computed: n * 2 -- doubled}\n"
     "  m: {type: mood, nullable: true}\n"
     "  p: {type: pair, nullable: true}\n"
     "unique:\n"
     "  odd_key: {columns: [n, name], include: [twice], deferrable: deferred}\n"
     "checks: {\"a \\\" check\": \"name <> ';' AND n > 0 -- comment\"}\n"
     "indexes:\n"
     "  odd_idx: {columns: [name, key_of(name) DESC NULLS LAST], where: n > 1, unique: true, include: [m], "
     "with: fillfactor = 70, comment: \"why\"}\n"},
    {"pair.yaml",
     "entity: Pair\ntable: public.pairs\nextends: [Base]\n"
     "primary_key: {the_key: [b, a]}\n"
     "columns:\n"
     "  id: {type: bigserial, nullable: false}\n"
     "  a: {type: int, nullable: false}\n"
     "  b: {type: text, nullable: false}\n"
     "  odd_id: {type: bigint, nullable: true, references: {entity: Odd, name: to_odd, on_delete: set null, "
     "on_update: cascade, deferrable: immediate}}\n"
     "  other_a: {type: int, nullable: true}\n  other_b: {type: text, nullable: true}\n"
     "foreign_keys: {self: {columns: [other_b, other_a], entity: Pair, on_delete: restrict}}\n"},
};

static void write_models(const char *const files[][2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        test_write(scene->project, talloc_asprintf(scene, "store/models/%s", files[i][0]), files[i][1]);
}

/* Each says whether a fact of all_shapes stands in the catalog. */
static const char *const facts[] = {
    "SELECT count(*) = 3 FROM pg_enum WHERE enumtypid = 'mood'::regtype AND enumlabel IN ('it''s', E'back\\\\slash', 'a, \"b\"')",
    "SELECT count(*) = 1 FROM pg_type WHERE oid = 'other.mood'::regtype AND typtype = 'e'",
    "SELECT typnotnull AND typdefault = '1' FROM pg_type WHERE oid = 'positive'::regtype",
    "SELECT format_type(atttypid, atttypmod) = 'numeric(3,1)' FROM pg_attribute WHERE attrelid = 'pair'::regclass AND "
    "attname = 'a'",
    "SELECT obj_description('\"Od;d\".\"T \"\"x\"\"\"'::regclass) = E'it''s \\\\ a \\n comment'",
    "SELECT col_description(attrelid, attnum) = '''; DROP' AND attnotnull AND attcollation = '\"C\"'::regcollation FROM "
    "pg_attribute WHERE attrelid = '\"Od;d\".\"T \"\"x\"\"\"'::regclass AND attname = 'name'",
    "SELECT count(*) = 1 FROM pg_attribute WHERE attname = 'Ünï \" cödé' AND atttypid = 'int[]'::regtype",
    "SELECT attidentity = 'd' FROM pg_attribute WHERE attrelid = '\"Od;d\".\"T \"\"x\"\"\"'::regclass AND attname = 'n'",
    "SELECT attgenerated = 's' FROM pg_attribute WHERE attrelid = '\"Od;d\".\"T \"\"x\"\"\"'::regclass AND attname = "
    "'twice'",
    "SELECT condeferrable AND condeferred FROM pg_constraint WHERE conname = 'odd_key'",
    "SELECT count(*) = 1 FROM pg_constraint WHERE conname = 'a \" check' AND contype = 'c'",
    "SELECT indexdef LIKE '%UNIQUE%key_of(name) DESC NULLS LAST) INCLUDE (m) WITH (fillfactor=%70%) WHERE (n > 1)' FROM "
    "pg_indexes WHERE indexname = 'odd_idx'",
    "SELECT obj_description('\"Od;d\".odd_idx'::regclass) = 'why'",
    "SELECT pg_get_constraintdef(oid) = 'PRIMARY KEY (b, a)' FROM pg_constraint WHERE conname = 'the_key'",
    "SELECT pg_get_constraintdef(oid) LIKE '%ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE' FROM pg_constraint WHERE "
    "conname = 'to_odd'",
    "SELECT pg_get_constraintdef(oid) = 'FOREIGN KEY (other_b, other_a) REFERENCES pairs(b, a) ON DELETE RESTRICT' FROM "
    "pg_constraint WHERE conname = 'self'",
    "SELECT count(*) = 1 FROM pg_views WHERE viewname = 'names'",
};

static void test_models_every_shape_is_made_as_declared(void **state UNUSED)
{
    write_models(all_shapes, countof(all_shapes));
    DECK_RUN(scene, 0, "models", "--ddl");
    test_server_execute(scene->server, DECK_DATABASE, scene->program->out);
    for (size_t i = 0; i < countof(facts); i++)
        if (!oracle_says(scene->oracle, "%s", facts[i]))
            fail_msg("%s", facts[i]);
}

static void test_models_of_one_entity_print_its_own_ddl(void **state UNUSED)
{
    write_models(all_shapes, countof(all_shapes));
    DECK_RUN(scene, 0, "models", "Pair", "--ddl");
    assert_non_null(strstr(scene->program->out, "CREATE TABLE \"public\".\"pairs\""));
    assert_non_null(strstr(scene->program->out, "ADD CONSTRAINT \"self\""));
    assert_null(strstr(scene->program->out, "Od;d\".\"T \"\"x\"\"\" ("));
    DECK_RUN(scene, 0, "models", "pairs", "--json");
    assert_string_equal(deck_scene_text(scene, "entities.0.name"), "Pair");
}

/* ---- the command ---- */

static void test_models_refusal_stands_at_its_place(void **state UNUSED)
{
    static const char *const files[][2] = {{"a.yaml", "entity: A\ntable: a\ncolumns:\n  x: {type: int}\n"},
                                           {"b.yaml", "entity: B\ntable: b\nlabel: y\n"}};
    write_models(files, countof(files));
    DECK_RUN(scene, 2, "models");
    assert_string_equal(scene->program->out, "");
    assert_int_equal(strncmp(scene->program->err, "store/models/a.yaml:4:3: ", 25), 0);
    assert_err_holds("1 more thing is wrong");
    assert_err_holds("hint: ");
    DECK_RUN(scene, 2, "--json", "models");
    assert_string_equal(deck_scene_text(scene, "error.code"), "project");
    assert_string_equal(deck_scene_text(scene, "error.file"), "store/models/a.yaml");
    assert_string_equal(deck_scene_text(scene, "error.line"), "4");
    assert_string_equal(deck_scene_text(scene, "findings.0.grade"), "remark");
    assert_string_equal(deck_scene_text(scene, "findings.1.rule"), "model.typed");
    assert_string_equal(deck_scene_text(scene, "findings.1.object"), "A.x");
    DECK_RUN(scene, 2, "-v", "models");
    assert_err_holds("store/models/b.yaml:3:8: ");
}

static void test_models_sql_file_is_checked_too(void **state UNUSED)
{
    static const struct {
        const char *text, *start;
    } cases[] = {{"SELECT 1;\nSELECT 'open;\n", "store/models/x.sql:2:8: "},
                 {"-- pgdeck: before-table\nSELECT 1;\n", "store/models/x.sql:1:1: "},
                 {"SELECT '\xFF';\n", "store/models/x.sql:1:9: "},
                 {"\\d\n", "store/models/x.sql:1:1: "}};
    for (size_t i = 0; i < countof(cases); i++) {
        test_write(scene->project, "store/models/x.sql", cases[i].text);
        DECK_RUN(scene, 2, "models");
        if (strncmp(scene->program->err, cases[i].start, strlen(cases[i].start)) != 0)
            fail_msg("%s: %s", cases[i].text, scene->program->err);
    }
}

static void test_models_that_are_not_there_are_no_error(void **state UNUSED)
{
    DECK_RUN(scene, 0, "--json", "models");
    assert_string_equal(deck_scene_text(scene, "models"), "none");
    DECK_RUN(scene, 2, "models", "--ddl");
    assert_err_holds("declares no models");
    DECK_RUN(scene, 2, "models", "Any");
    test_write(scene->project, "pgdeck.yaml", "models: app/models\n");
    DECK_RUN(scene, 2, "models"); /* somebody has named that folder */
    assert_err_holds("app/models");
}

static void test_models_unknown_entity_gets_a_suggestion(void **state UNUSED)
{
    write_models(all_shapes, countof(all_shapes));
    DECK_RUN(scene, 2, "models", "Pairr");
    assert_err_holds("Did you mean \"Pair\"?");
}

static void test_models_as_json_have_columns_and_relationships(void **state UNUSED)
{
    scene->project = ".";
    DECK_RUN(scene, 0, "--json", "models", "TestLog");
    assert_string_equal(deck_scene_text(scene, "models"), "declared");
    assert_string_equal(deck_scene_text(scene, "entities.0.table"), "test_logs");
    assert_string_equal(deck_scene_text(scene, "entities.0.columns.0.generate"), "snowflake");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.0.back_populates"), "test_logs");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.0.key.0"), "test_case_id");
    assert_string_equal(deck_scene_text(scene, "entities.0.foreign_keys.1.on_delete"), "SET NULL");
    assert_string_equal(deck_scene_text(scene, "entities.0.soft_delete"), "is_deleted");
}

/* ---- places of what the server says ---- */

static void test_models_server_errors_move_to_the_line_of_the_model(void **state UNUSED)
{
    static const char *const files[][2] = {
        {"a.yaml", "entity: A\ntable: a\ncolumns:\n  x: {type: int, nullable: true}\n  y: {type: no_type, nullable: "
                   "true}\n"},
        {"v.sql", "CREATE VIEW v AS\nSELECT nothing;\n"}};
    write_models(files, countof(files));
    struct error *error = error_new(scene);
    struct settings_input input = {.directory = scene->project, .environment = (const char *const[]){NULL}};
    struct settings *settings = settings_load(scene, &input, error);
    assert_non_null(settings);
    struct models *models = models_read(scene, settings, &(struct models_options){.environment = NULL}, error);
    assert_non_null(models);
    struct models_script *script = models_script(scene, models, error);
    assert_non_null(script);
    assert_int_equal(script->script->statements.count, 2);
    const struct statement *table = &script->script->statements.items[0], *view = table + 1;
    error_set(error, ERROR_STATEMENT, "x");
    error_place(error, script->script->path, table->line + 2, 9);
    assert_false(models_relocate(script, error));
    assert_string_equal(error->file, "store/models/a.yaml");
    assert_int_equal(error->line, 5);
    assert_int_equal(error->column, 3);
    error_place(error, script->script->path, view->line + 1, 8);
    assert_false(models_relocate(script, error));
    assert_string_equal(error->file, "store/models/v.sql");
    assert_int_equal(error->line, 2);
    assert_int_equal(error->column, 8);
    assert_false(models_relocate(script, error)); /* what is not of the script stays */
    assert_string_equal(error->file, "store/models/v.sql");
}

/* ---- a program that prints them ---- */

static const struct {
    const char *words;
    const char *kind;  /* of "models", or NULL: refused */
    const char *holds; /* on stderr */
} programs[] = {
    {"[sh, -c, \"echo 'CREATE TABLE t (a int);'\"]", "printed", NULL},
    {"[sh, -c, \"echo '-- c'; echo; echo '/* x */ CREATE TABLE t (a int)'\"]", "printed", NULL},
    {"[sh, -c, \"printf 'entity: A\\ntable: a\\n'\"]", "declared", NULL},
    {"[sh, -c, \"printf '# c\\n---\\nentity: A\\ntable: a\\n---\\nentity: B\\ntable: b\\n'\"]", "declared", NULL},
    {"[sh, -c, \"printf '{\\\"entity\\\": \\\"A\\\", \\\"table\\\": \\\"a\\\"}'\"]", "declared", NULL},
    {"[sh, -c, \"pwd >&2; exit 0\"]", NULL, "printed no statement"},
    {"[sh, -c, \"echo out; echo boom >&2; exit 3\"]", NULL, "failed with exit status 3"},
    {"[sh, -c, \"echo out; echo boom >&2; exit 3\"]", NULL, "boom"},
    {"[sh, -c, \"echo only out; exit 1\"]", NULL, "only out"},
    {"[sh, -c, \"kill -9 $$\"]", NULL, "ended by signal 9"},
    {"[no-such-program-anywhere]", NULL, "cannot be started"},
    {"[./no/program]", NULL, "cannot be started"},
    {"[sh, -c, \"printf 'entity: A\\n'\"]", NULL, "output of sh -c"},
    {"[sh, -c, \"printf 'CREATE TABLE \\\"t (a int);'\"]", NULL, "output of sh -c"},
    {"[sh, -c, \"cat /dev/zero | head -c 100\"]", NULL, "NUL"},
    {"[sh, -c, \"cat; echo 'CREATE TABLE t ();'\"]", "printed", NULL}, /* no input: it ends */
};

static void test_models_program_prints_ddl_or_yaml_or_is_refused(void **state UNUSED)
{
    for (size_t i = 0; i < countof(programs); i++) {
        set_program(programs[i].words);
        DECK_RUN(scene, programs[i].kind ? 0 : 2, "--json", "models");
        if (programs[i].kind)
            assert_string_equal(deck_scene_text(scene, "models"), programs[i].kind);
        else
            assert_err_holds(programs[i].holds);
    }
}

static void test_models_program_runs_in_the_project_with_the_environment(void **state UNUSED)
{
    set_program("[sh, -c, \"echo \\\"CREATE TABLE $NAME ();\\\"; test -e pgdeck.yaml\"]");
    deck_scene_start_program(scene, (const char *const[]){"NAME=from_environment", NULL},
                             (const char *const[]){"models", "--ddl", NULL});
    deck_scene_finish(scene, 0);
    assert_string_equal(scene->program->out, "CREATE TABLE from_environment ();\n");
}

static void test_models_program_is_heard_on_stderr_where_it_does_well(void **state UNUSED)
{
    set_program("[sh, -c, \"echo 'warning: left out' >&2; echo 'CREATE TABLE t ();'\"]");
    DECK_RUN(scene, 0, "models");
    assert_err_holds("warning: left out");
}

static void test_models_program_that_prints_too_much_is_stopped(void **state UNUSED)
{
    set_program("[sh, -c, \"yes 'SELECT 1;'\"]");
    deck_scene_start_program(scene, (const char *const[]){"PGDECK_FILE_SIZE=4096", NULL},
                             (const char *const[]){"models", NULL});
    deck_scene_finish(scene, 2);
    assert_err_holds("more than 4096 bytes");
}

/* The other process would hold the pipe for ever. */
static void test_models_program_that_leaves_its_output_open_is_not_waited_for(void **state UNUSED)
{
    test_write(scene->project, "hold", "");
    set_program("[sh, -c, \"(while [ -e hold ]; do sleep 0.1; done) & echo 'CREATE TABLE t ();'\"]");
    DECK_RUN(scene, 0, "models");
    assert_int_equal(unlink(talloc_asprintf(scene, "%s/hold", scene->project)), 0);
}

static void test_models_program_that_does_not_end_is_ended(void **state UNUSED)
{
    struct error *error = error_new(scene);
    struct output output;
    struct output_program program = {.what = "the program",
                                     .words = (const char *const[]){"sh", "-c", "echo x; sleep 1000", NULL},
                                     .directory = scene->project,
                                     .environment = (const char *const[]){NULL},
                                     .limit_bytes = 1024,
                                     .timeout_ms = 200};
    assert_false(output_capture(scene, &program, &output, error));
    assert_int_equal(error->code, ERROR_PROJECT);
    assert_non_null(strstr(error->message, "did not end"));
}

/* Whether a process runs on: a zombie, which may wait for its parent, does not. */
static bool is_running(long pid)
{
    FILE *file = fopen(talloc_asprintf(scene, "/proc/%ld/stat", pid), "r");
    char kind = 'Z';
    if (!file)
        return false;
    int found = fscanf(file, "%*d (%*[^)]) %c", &kind);
    fclose(file);
    return found == 1 && kind != 'Z';
}

/* Waits for the fifo's writer, so that nothing has to sleep. */
static long wait_for_number(const char *fifo)
{
    long number = 0;
    FILE *file = fopen(fifo, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld", &number), 1);
    fclose(file);
    return number;
}

static void test_models_program_is_ended_with_its_children_by_a_signal(void **state UNUSED)
{
    char *fifo = talloc_asprintf(scene, "%s/fifo", scene->project);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    set_program("[sh, -c, \"trap '' TERM; sleep 1000 & echo $! > fifo; wait; wait\"]");
    deck_scene_start_program(scene, NULL, (const char *const[]){"models", NULL});
    long child = wait_for_number(fifo);
    assert_true(child > 0 && is_running(child));
    kill(scene->program->pid, SIGINT);
    deck_scene_finish(scene, 130);
    for (int i = 0; i < 3000 && is_running(child); i++)
        usleep(1000);
    assert_false(is_running(child));
}

/* ---- SQLAlchemy ---- */

static bool has_sqlalchemy(void)
{
    if (system("/usr/bin/python3 -c 'import sqlalchemy' 2>/dev/null") == 0)
        return true;
    print_message("python3-sqlalchemy is not installed: skipped\n");
    return false;
}

static void set_exporter(const char *option)
{
    char *folder = realpath("docs/examples", NULL);
    assert_non_null(folder);
    test_write(scene->project, "pgdeck.yaml",
               talloc_asprintf(scene,
                               "models: {command: [env, PYTHONDONTWRITEBYTECODE=1, \"PYTHONPATH=%s\", "
                               "/usr/bin/python3, \"%s/sqlalchemy_models.py\", shop%s]}\n",
                               folder, folder, option));
    free(folder);
}

static void test_models_of_sqlalchemy_are_the_same_as_yaml_and_as_ddl(void **state UNUSED)
{
    if (!has_sqlalchemy())
        skip();
    set_exporter("");
    DECK_RUN(scene, 0, "models", "--ddl");
    const char *by_yaml = dump_of_ddl("by_yaml");
    set_exporter(", --ddl");
    DECK_RUN(scene, 0, "models", "--ddl");
    assert_same_text(dump_of_ddl("by_ddl"), by_yaml);
}

static void test_models_of_sqlalchemy_have_their_relationships(void **state UNUSED)
{
    if (!has_sqlalchemy())
        skip();
    set_exporter("");
    DECK_RUN(scene, 0, "--json", "models", "Order");
    assert_string_equal(deck_scene_text(scene, "entities.0.extends.0"), "Stamped");
    assert_string_equal(deck_scene_text(scene, "entities.0.soft_delete"), "is_deleted");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.0.name"), "customer");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.0.back_populates"), "orders");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.1.name"), "items");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.1.cascade.1"), "soft_delete");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.2.name"), "parcel");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.2.kind"), "one");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.3.to"), "OrderTags");
    DECK_RUN(scene, 0, "--json", "models", "ParcelEvent");
    assert_string_equal(deck_scene_text(scene, "entities.0.relationships.0.key.1"), "tracking");
}

#define TEST(test) cmocka_unit_test_setup(test, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_models_of_the_reference_project_make_its_schema),
        TEST(test_models_every_shape_is_made_as_declared),
        TEST(test_models_of_one_entity_print_its_own_ddl),
        TEST(test_models_refusal_stands_at_its_place),
        TEST(test_models_sql_file_is_checked_too),
        TEST(test_models_that_are_not_there_are_no_error),
        TEST(test_models_unknown_entity_gets_a_suggestion),
        TEST(test_models_as_json_have_columns_and_relationships),
        TEST(test_models_server_errors_move_to_the_line_of_the_model),
        TEST(test_models_program_prints_ddl_or_yaml_or_is_refused),
        TEST(test_models_program_runs_in_the_project_with_the_environment),
        TEST(test_models_program_is_heard_on_stderr_where_it_does_well),
        TEST(test_models_program_that_prints_too_much_is_stopped),
        TEST(test_models_program_that_leaves_its_output_open_is_not_waited_for),
        TEST(test_models_program_that_does_not_end_is_ended),
        TEST(test_models_program_is_ended_with_its_children_by_a_signal),
        TEST(test_models_of_sqlalchemy_are_the_same_as_yaml_and_as_ddl),
        TEST(test_models_of_sqlalchemy_have_their_relationships),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
