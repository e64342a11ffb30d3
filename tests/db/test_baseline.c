/* The init script beside the migrations: drifts that are planted one at a time and told, values that may differ and are
 * not, and scripts that `baseline --write` makes, run by psql in its ways and by bootstrap, and judged by pg_dump and
 * by the rows. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/deck.h"
#include "tests/lib/schema_dump.h"

#define INIT "initdb/create_tables.sql"

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

/* ---- files ---- */

struct file {
    const char *name, *text;
};

static void remove_file(const char *name) { unlink(talloc_asprintf(scene, "%s/%s", scene->project, name)); }

static void write_migrations(const struct file *files, size_t count)
{
    remove_file("migrations/001_first.sql");
    remove_file("migrations/002_second.sql");
    for (size_t i = 0; i < count; i++)
        deck_scene_write(scene, files[i].name, files[i].text);
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("cannot read %s", path);
    char *text = talloc_strdup(scene, ""), buffer[8192];
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    fclose(file);
    return text;
}

static char *read_init(void) { return read_file(talloc_asprintf(scene, "%s/" INIT, scene->project)); }

static const char *replaced(const char *text, const char *what, const char *with)
{
    const char *place = strstr(text, what);
    if (!place)
        fail_msg("the text does not hold \"%s\"", what);
    return talloc_asprintf(scene, "%.*s%s%s", (int)(place - text), text, with, place + strlen(what));
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" is in:\n%s", part, text);
}

/* ---- a small project, and its init script ---- */

static const struct file shop[] = {
    {"001_create.sql",
     "CREATE TABLE colours (id serial PRIMARY KEY, name text NOT NULL UNIQUE, made_at timestamptz DEFAULT now(),\n"
     "                      token uuid DEFAULT gen_random_uuid());\n"
     "CREATE INDEX colours_made_at_idx ON colours (made_at);\n"},
    {"002_fill.sql", "INSERT INTO colours (name) VALUES ('red'), ('green'), ('blue');\n"
                     "CREATE TABLE sizes (code text PRIMARY KEY, rank integer, note text);\n"
                     "INSERT INTO sizes VALUES ('S', 1, NULL), ('M', 2, 'middle');\n"},
    {"003_words.sql", "CREATE TABLE words (word text);\nINSERT INTO words VALUES ('a'), ('a'), ('b');\n"
                      "CREATE SEQUENCE orders;\nALTER SEQUENCE orders RESTART WITH 1000;\n"},
};

static const char shop_init[] =
    "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text, checksum text,\n"
    "    applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT session_user,\n"
    "    duration_ms bigint, run text);\n"
    "INSERT INTO schema_migrations (version, description) VALUES\n"
    "    ('001', 'create'),\n"
    "    ('002', 'fill'),\n"
    "    ('003', 'words');\n"
    "CREATE TABLE colours (id serial PRIMARY KEY, name text NOT NULL UNIQUE, made_at timestamptz DEFAULT now(),\n"
    "                      token uuid DEFAULT gen_random_uuid());\n"
    "CREATE INDEX colours_made_at_idx ON colours (made_at);\n"
    "INSERT INTO colours (name) VALUES ('red');\n"
    "INSERT INTO colours (name) VALUES ('green'), ('blue');\n"
    "CREATE TABLE sizes (code text PRIMARY KEY, note text, rank integer);\n"
    "INSERT INTO sizes (rank, code, note) VALUES\n"
    "    (2, 'M', 'middle'),\n"
    "    (1, 'S', NULL);\n"
    "CREATE TABLE words (word text);\n"
    "INSERT INTO words VALUES ('b'), ('a'), ('a');\n"
    "CREATE SEQUENCE orders;\n"
    "SELECT setval('orders', 1000, false);\n";

static int reset(void **state UNUSED)
{
    deck_scene_reset(scene);
    write_migrations(shop, countof(shop));
    test_write(scene->project, INIT, shop_init);
    return 0;
}

/* ---- checking ---- */

static void test_baseline_of_an_init_script_that_mirrors_is_equal(void **state UNUSED)
{
    DECK_RUN(scene, 0, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "equal"), "true");
    assert_string_equal(deck_scene_text(scene, "written"), "false");
    assert_string_equal(deck_scene_text(scene, "changes"), "[]");
    assert_string_equal(deck_scene_text(scene, "seed.missing"), "[]");
    assert_string_equal(deck_scene_text(scene, "rows"), "[]");
    assert_string_equal(deck_scene_text(scene, "volatile"), "6"); /* three times, three tokens */
    DECK_RUN(scene, 0, "baseline");
    assert_holds(scene->program->out, "leaves what the migrations leave");
}

/* A part of the script, what stands there instead, where in the answer it is told, and how. */
struct drift {
    const char *what, *instead, *path, *value;
    const char *line; /* of the text, or NULL */
};

static const struct drift drifts[] = {
    {"name text NOT NULL UNIQUE, made_at", "name text NOT NULL UNIQUE, more integer, made_at", "changes.0.name",
     "public.colours.more", NULL},
    {"CREATE INDEX colours_made_at_idx ON colours (made_at);\n", "", "changes.0.name", "public.colours_made_at_idx",
     NULL},
    /* The seed. */
    {"    ('002', 'fill'),\n", "", "seed.missing", "[\"002\"]", INIT ":4: version 002 is not seeded"},
    {"    ('003', 'words')", "    ('003', 'words'), ('009', 'late')", "seed.extra", "[\"009\"]",
     INIT ":7: version 009 is seeded and has no file in migrations"},
    {"    ('003', 'words')", "    ('003', 'words'), ('3', 'words')", "seed.duplicates", "[\"003\"]",
     "version 003 is seeded more than once"},
    {"'fill'", "'full'", "seed.descriptions.0.init", "full",
     INIT ":6: version 002 is seeded as \"full\"; its file says \"fill\""},
    /* Rows. */
    {"INSERT INTO sizes (rank, code, note) VALUES\n    (2, 'M', 'middle'),\n    (1, 'S', NULL);\n", "",
     "rows.0.missing", "2", "row code = S of public.sizes is missing (migrations/002_fill.sql:3)"},
    {"    (2, 'M', 'middle'),\n", "", "rows.0.examples.0.row", "code = M",
     INIT ":14: row code = M of public.sizes is missing (migrations/002_fill.sql:3)"},
    {"'middle'", "'centre'", "rows.0.examples.0.cells.0.init", "centre",
     INIT ":15: row code = M of public.sizes: note is \"centre\", after the migrations \"middle\""},
    {"'middle'", "NULL", "rows.0.differs", "1", "note is NULL, after the migrations \"middle\""},
    {"    (1, 'S', NULL)", "    (1, 'S', '')", "rows.0.differs", "1", "note is \"\", after the migrations NULL"},
    {"    (1, 'S', NULL)", "    (1, 'S', NULL),\n    (3, 'L', NULL)", "rows.0.extra", "1",
     INIT ":17: row code = L of public.sizes is not among those that the migrations leave"},
    {"('b'), ('a'), ('a')", "('b'), ('a')", "rows.0.missing", "1", "row (a) of public.words is missing"},
    {"('b'), ('a'), ('a')", "('b'), ('a'), ('a'), ('a')", "rows.0.extra", "1", NULL},
    {"INSERT INTO colours (name) VALUES ('red')", "INSERT INTO colours (name, made_at) VALUES ('red', NULL)",
     "rows.0.examples.0.cells.0.column", "made_at", "row id = 1 of public.colours: made_at is NULL"},
    {"INSERT INTO colours (name) VALUES ('red')", "INSERT INTO colours (name) VALUES ('rot')", "rows.0.differs", "1",
     "row id = 1 of public.colours: name is \"rot\", after the migrations \"red\" (migrations/002_fill.sql:1)"},
    /* Sequences. */
    {"INSERT INTO colours (name) VALUES ('red');\nINSERT INTO colours (name) VALUES ('green'), ('blue')",
     "INSERT INTO colours (id, name) VALUES (1, 'red'), (2, 'green'), (3, 'blue')", "sequences.0.collides", "true",
     "public.colours_id_seq goes on with 1, after the migrations with 4: rows have such values in public.colours.id"},
    {"SELECT setval('orders', 1000, false);\n", "", "sequences.0.migrations", "1000",
     "public.orders goes on with 1, after the migrations with 1000"},
};

static void test_baseline_tells_each_drift_and_its_place(void **state)
{
    for (size_t i = 0; i < countof(drifts); i++) {
        reset(state);
        test_write(scene->project, INIT, replaced(shop_init, drifts[i].what, drifts[i].instead));
        DECK_RUN(scene, 1, "--json", "baseline");
        assert_string_equal(deck_scene_text(scene, "equal"), "false");
        assert_string_equal(deck_scene_text(scene, drifts[i].path), drifts[i].value);
        DECK_RUN(scene, 1, "baseline");
        if (drifts[i].line)
            assert_holds(scene->program->out, drifts[i].line);
    }
}

/* Of several drifts each is told once, and what is right beside them is not. */
static void test_baseline_tells_one_drift_and_nothing_else(void **state UNUSED)
{
    test_write(scene->project, INIT, replaced(shop_init, "    ('002', 'fill'),\n", ""));
    DECK_RUN(scene, 1, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "changes"), "[]");
    assert_string_equal(deck_scene_text(scene, "rows"), "[]");
    assert_string_equal(deck_scene_text(scene, "sequences"), "[]");
    assert_string_equal(deck_scene_text(scene, "seed.extra"), "[]");
    assert_int_equal(json_array_size(deck_scene_value(scene, "findings")), 1);
    assert_string_equal(deck_scene_text(scene, "findings.0.rule"), "init.seed");
    assert_string_equal(deck_scene_text(scene, "findings.0.file"), INIT);
    assert_string_equal(deck_scene_text(scene, "findings.0.line"), "4");
    assert_holds(deck_scene_text(scene, "findings.0.hint"), "Add ('002', 'fill') to the seed");
}

/* Gaps that rows left which are gone do no harm: a remark. */
static void test_baseline_takes_a_sequence_that_is_further_for_no_difference(void **state UNUSED)
{
    test_write(scene->project, INIT, talloc_asprintf(scene, "%sSELECT setval('colours_id_seq', 50);\n", shop_init));
    DECK_RUN(scene, 0, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "sequences.0.sequence"), "public.colours_id_seq");
    assert_string_equal(deck_scene_text(scene, "sequences.0.differs"), "false");
}

/* ---- values that are others each time ---- */

static const struct file by_chance[] = {
    {"001_create.sql", "CREATE TABLE teams (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);\n"
                       "CREATE TABLE people (id bigint PRIMARY KEY, team uuid REFERENCES teams, since date DEFAULT "
                       "current_date, until text);\n"
                       "CREATE TABLE marks (stamp timestamptz, mark double precision);\n"},
    {"002_fill.sql",
     "INSERT INTO teams (name) VALUES ('one'), ('two'), ('two');\n"
     "INSERT INTO people SELECT (random() * 1e15)::bigint, id, current_date, 'for ever ' || name FROM teams;\n"
     "INSERT INTO marks SELECT clock_timestamp(), random() FROM generate_series(1, 20);\n"},
};

static void test_baseline_passes_over_what_is_another_value_each_time(void **state UNUSED)
{
    write_migrations(by_chance, countof(by_chance));
    remove_file("migrations/003_words.sql");
    DECK_RUN(scene, 0, "baseline", "--write");
    test_write(scene->project, INIT, talloc_asprintf(scene, "%s-- another checksum\n", read_init()));
    DECK_RUN(scene, 0, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "rows"), "[]");
    assert_lacks(read_init(), "current_user"); /* nothing of the scratch server */
    /* What stays the same is still compared. */
    test_write(scene->project, INIT, replaced(read_init(), "'for ever one'", "'for once'"));
    DECK_RUN(scene, 1, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "rows.0.table"), "public.people");
    assert_string_equal(deck_scene_text(scene, "rows.0.missing"), "1");
    assert_string_equal(deck_scene_text(scene, "rows.0.extra"), "1");
}

/* ---- many rows ---- */

static void test_baseline_counts_the_rows_of_large_tables(void **state UNUSED)
{
    static const char many[] = "CREATE TABLE many (id integer PRIMARY KEY);\n"
                               "INSERT INTO many SELECT generate_series(1, %d);\n";
    deck_scene_write(scene, "004_many.sql", talloc_asprintf(scene, many, 10001));
    const char *seeded = replaced(shop_init, "('003', 'words')", "('003', 'words'), ('004', 'many')");
    test_write(scene->project, INIT, talloc_asprintf(scene, "%s%s", seeded, talloc_asprintf(scene, many, 10001)));
    DECK_RUN(scene, 0, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "rows.0.table"), "public.many");
    assert_string_equal(deck_scene_text(scene, "rows.0.compared"), "false");
    assert_string_equal(deck_scene_text(scene, "findings.0.differs"), "false");
    test_write(scene->project, INIT, talloc_asprintf(scene, "%s%s", seeded, talloc_asprintf(scene, many, 10000)));
    DECK_RUN(scene, 1, "baseline");
    assert_holds(scene->program->out, "public.many has 10000 rows, after the migrations 10001");
}

/* ---- what cannot be compared ---- */

static void test_baseline_without_an_init_script_says_how_to_make_one(void **state UNUSED)
{
    remove_file(INIT);
    DECK_RUN(scene, 2, "baseline");
    assert_holds(scene->program->err, INIT);
    assert_holds(scene->program->err, "baseline --write");
}

static void test_baseline_without_a_ledger_says_so(void **state UNUSED)
{
    test_write(scene->project, INIT, strstr(shop_init, "CREATE TABLE colours"));
    DECK_RUN(scene, 1, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "seed.missing"), "[\"001\",\"002\",\"003\"]");
    assert_string_equal(deck_scene_text(scene, "changes"), "[]");
    assert_holds(deck_scene_text(scene, "findings.0.message"), "does not make the ledger");
}

static void test_baseline_of_a_script_that_fails_names_the_place(void **state UNUSED)
{
    test_write(scene->project, INIT, "CREATE TABLE fine (id integer);\n\nCREATE TABLE wrong (id no_such_type);\n");
    DECK_RUN(scene, 5, "baseline");
    assert_int_equal(strncmp(scene->program->err, INIT ":3:", strlen(INIT ":3:")), 0);
}

static void test_baseline_reads_the_ledgers_of_other_tools(void **state UNUSED)
{
    static const char own[] =
        "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text, checksum text,\n"
        "    applied_at timestamptz NOT NULL DEFAULT now(), applied_by text NOT NULL DEFAULT session_user,\n"
        "    duration_ms bigint, run text);\n";
    const char *list = replaced(shop_init, own, "CREATE TABLE schema_migrations (version text, description text);\n");
    test_write(scene->project, INIT, list);
    DECK_RUN(scene, 0, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "findings.0.differs"), "false");
    test_write(scene->project, INIT, replaced(list, "('003', 'words')", "('003', 'words'), ('003', 'words')"));
    DECK_RUN(scene, 1, "--json", "baseline");
    assert_string_equal(deck_scene_text(scene, "seed.duplicates"), "[\"003\"]");
    const char *single = "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);\n"
                         "INSERT INTO schema_migrations VALUES (3, false);\n";
    const char *rest = strstr(shop_init, "CREATE TABLE colours");
    test_write(scene->project, INIT, talloc_asprintf(scene, "%s%s", single, rest));
    DECK_RUN(scene, 1, "--json", "baseline");
    assert_holds(deck_scene_text(scene, "seed.problem"), "has no list of versions");
}

/* ---- pg_dump ---- */

/* Runs a program of the server, with these words behind its connection options; its standard output. */
static char *run_program(int status, const char *program, const char *database, const char *words)
{
    char *command = talloc_asprintf(
        scene, "PGOPTIONS='-c client_min_messages=warning' '%s/%s' -h '%s' -p 5432 -U postgres -d %s %s 2>&1",
        test_server_binaries(scene->server), program, test_server_host(scene->server), database, words);
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    char *text = talloc_strdup(scene, ""), buffer[8192];
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, stream)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    if (pclose(stream) != status)
        fail_msg("%s\n%s", command, text);
    return text;
}

static void test_baseline_takes_what_pg_dump_wrote(void **state UNUSED)
{
    static const char *const ways[] = {"", "--inserts", "--no-owner --column-inserts"};
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    for (size_t i = 0; i < countof(ways); i++) {
        test_write(scene->project, INIT, run_program(0, "pg_dump", DECK_DATABASE, ways[i]));
        DECK_RUN(scene, 0, "baseline");
    }
    const char *dump = run_program(0, "pg_dump", DECK_DATABASE, "");
    test_write(scene->project, INIT, replaced(dump, "M\t2\tmiddle\n", ""));
    DECK_RUN(scene, 1, "baseline");
    assert_holds(scene->program->out, "row code = M of public.sizes is missing");
}

/* ---- writing ---- */

/* The same schema, as pg_dump has it; the journal is none of it. */
static void assert_same_effect(const char *database)
{
    run_program(0, "psql", database, "-X -q -c 'DROP TABLE IF EXISTS schema_migration_events'");
    struct schema_dump *one = schema_dump_start(scene, scene->server, DECK_DATABASE, DUMP_WITH_PRIVILEGES);
    struct schema_dump *other = schema_dump_start(scene, scene->server, database, DUMP_WITH_PRIVILEGES);
    const char *report;
    assert_true(schema_dump_finish(one, &report) && schema_dump_finish(other, &report));
    const char *difference = schema_dump_compare(scene, one, "migrations", other, database);
    if (difference)
        fail_msg("%s", difference);
}

/* The queries that must answer the same in both databases. */
static void assert_same_answers(const char *database, const char *const *queries)
{
    for (; *queries; queries++) {
        const char *words = talloc_asprintf(scene, "-X -A -t -c \"%s\"", *queries);
        assert_string_equal(run_program(0, "psql", DECK_DATABASE, words), run_program(0, "psql", database, words));
    }
}

/* The script in a database of its own, by psql. */
static void run_script(const char *database, const char *words)
{
    test_server_create_database(scene->server, database);
    const char *path = talloc_asprintf(scene, "%s/" INIT, scene->project);
    run_program(0, "psql", database, talloc_asprintf(scene, "-X -q -v ON_ERROR_STOP=1 %s -f '%s'", words, path));
}

/* As psql runs a file, in one transaction, and by bootstrap. */
static void assert_runs_everywhere(const char *const *queries)
{
    static const char *const ways[] = {"", "-1"};
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    oracle_execute(scene->oracle, "DROP TABLE schema_migration_events");
    for (size_t i = 0; i < countof(ways); i++) {
        run_script("by_init", ways[i]);
        assert_same_effect("by_init");
        assert_same_answers("by_init", queries);
        test_server_drop_database(scene->server, "by_init");
    }
    test_server_create_database(scene->server, "by_init");
    const char *target = replaced(scene->target, "dbname=" DECK_DATABASE, "dbname=by_init");
    DECK_RUN(scene, 0, "-d", target, "bootstrap", "--confirm", "by_init");
    DECK_RUN(scene, 0, "-d", target, "status", "--exit-code");
    assert_same_effect("by_init");
    assert_same_answers("by_init", queries);
    test_server_drop_database(scene->server, "by_init");
}

static void test_baseline_writes_the_reference_project(void **state UNUSED)
{
    static const char *const queries[] = {"SELECT e FROM evaluation_settings e ORDER BY id",
                                          "SELECT version, description FROM schema_migrations ORDER BY version", NULL};
    remove_file("migrations/001_first.sql");
    remove_file("migrations/002_second.sql");
    for (size_t i = 0; i < countof(shop); i++)
        remove_file(talloc_asprintf(scene, "migrations/%s", shop[i].name));
    const char *copy = talloc_asprintf(scene, "cp migrations/*.sql '%s/migrations/'", scene->project);
    assert_int_equal(system(copy), 0);
    remove_file(INIT);
    DECK_RUN(scene, 0, "--json", "baseline", "--write");
    assert_string_equal(deck_scene_text(scene, "written"), "true");
    assert_string_equal(deck_scene_text(scene, "equal"), "true");
    DECK_RUN(scene, 0, "baseline", "--privileges");
    assert_runs_everywhere(queries);
}

/* What a script of a schema can go wrong at. */
static const struct file nasty[] = {
    {"001_start.sql",
     "CREATE SCHEMA app;\n"
     "CREATE TYPE app.mood AS ENUM ('sad', 'ok');\n"
     "CREATE TABLE app.old_name (id serial PRIMARY KEY, mood app.mood NOT NULL DEFAULT 'ok', note text,\n"
     "    parent_id integer REFERENCES app.old_name (id), CONSTRAINT short CHECK (length(note) < 100));\n"
     "INSERT INTO app.old_name (mood, note) VALUES ('sad', 'it''s \\ a \"note\"'), ('ok', E'two\\nlines'), ('ok', ''),"
     " ('ok', NULL);\n"
     "UPDATE app.old_name SET parent_id = 4 WHERE id = 1;\n"
     "CREATE TABLE app.ids (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5) PRIMARY KEY, name "
     "text UNIQUE);\n"
     "INSERT INTO app.ids (name) VALUES ('a'), ('b');\n"
     "CREATE TABLE app.log (what text, at timestamptz NOT NULL DEFAULT now());\n"
     "CREATE FUNCTION app.audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.log (what) VALUES "
     "(TG_TABLE_NAME || ' ' || NEW.id); RETURN NEW; END $$;\n"
     "CREATE TRIGGER audited AFTER INSERT ON app.ids FOR EACH ROW EXECUTE FUNCTION app.audit();\n"
     "COMMENT ON TRIGGER audited ON app.ids IS 'tells';\n"
     "INSERT INTO app.ids (name) VALUES ('c');\n"},
    {"002_more.sql", "ALTER TYPE app.mood ADD VALUE 'great' AFTER 'ok';\n"
                     "ALTER TABLE app.old_name RENAME TO things;\n"
                     "ALTER TABLE app.things RENAME CONSTRAINT short TO \"Not \"\"too\"\" long\";\n"
                     "ALTER SEQUENCE app.old_name_id_seq RENAME TO things_seq;\n"},
    {"003_cycle.sql",
     "CREATE TABLE app.a (id integer PRIMARY KEY, b_id integer);\n"
     "CREATE TABLE app.b (id integer PRIMARY KEY, a_id integer REFERENCES app.a (id));\n"
     "ALTER TABLE app.a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES app.b (id);\n"
     "INSERT INTO app.a (id) VALUES (1), (2);\n"
     "INSERT INTO app.b VALUES (1, 2), (2, 1);\n"
     "UPDATE app.a SET b_id = id;\n"
     "UPDATE app.things SET mood = 'great' WHERE id = 3;\n"
     "CREATE VIEW app.v1 AS SELECT id, mood FROM app.things;\n"
     "CREATE VIEW app.v2 AS SELECT * FROM app.v1 WHERE mood = 'great';\n"
     "CREATE MATERIALIZED VIEW app.m AS SELECT count(*) AS n FROM app.things;\n"
     "CREATE TABLE app.part (id integer, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);\n"
     "CREATE TABLE app.part_2025 PARTITION OF app.part FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n"
     "CREATE TABLE app.part_rest PARTITION OF app.part DEFAULT;\n"
     "INSERT INTO app.part VALUES (1, '2025-05-05'), (2, '2027-05-05');\n"},
    {"004_rights.sql", "DO $$ BEGIN\n"
                       "    IF to_regrole('baseline_reader') IS NULL THEN CREATE ROLE baseline_reader; END IF;\n"
                       "END $$;\n"
                       "GRANT USAGE ON SCHEMA app TO baseline_reader;\n"
                       "GRANT SELECT, UPDATE (note) ON app.things TO baseline_reader;\n"
                       "REVOKE EXECUTE ON FUNCTION app.audit() FROM PUBLIC;\n"
                       "CREATE TABLE app.before_defaults (x integer);\n"
                       "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO baseline_reader;\n"
                       "CREATE TABLE app.behind_defaults (x integer);\n"},
    {"005_kinds.sql",
     "CREATE TABLE app.kinds (id integer PRIMARY KEY, b bytea, j json, jb jsonb, f double precision, r real, n numeric,\n"
     "    ts timestamptz, iv interval, arr text[], bits bit varying, ch character(5), rng int4range, x xml,\n"
     "    twice integer GENERATED ALWAYS AS (id * 2) STORED, bo boolean, d date, cls regclass);\n"
     "SET timezone = 'Asia/Tokyo';\n"
     "INSERT INTO app.kinds VALUES (1, '\\x00ff5c27', '{\"a\" : 1}', '{\"a\": \"it''s \\\"q\\\"\"}', 0.1, 1e-30,"
     " 12345678901234567890.123, '2025-01-01 00:00', '1 year -2 days 03:04',"
     " ARRAY['a,b', 'c\"d', NULL, '', 'NULL', '\\'], B'101', 'ab', '[1,5)', '<a>&amp;</a>', DEFAULT, true, 'infinity',"
     " 'app.things');\n"
     "INSERT INTO app.kinds (id, f, r, n) VALUES (2, 'NaN', '-Infinity', 'NaN'), (-3, '-0', 0.1, -5), (10, 1e300, 3.4e38,"
     " 0.00000001);\n"},
    {"006_names.sql",
     "CREATE TABLE app.\"we\"\"ird\n; DROP TABLE app.a; --\" (\"se lect\" integer PRIMARY KEY, \"x\ny\" text "
     "DEFAULT 'z');\n"
     "INSERT INTO app.\"we\"\"ird\n; DROP TABLE app.a; --\" VALUES (1), (2);\n"
     "CREATE TABLE app.\"Ünï\" (\"ö\" text);\n"
     "INSERT INTO app.\"Ünï\" VALUES ('añb漢字');\n"},
    {"007_guards.sql", "CREATE TABLE app.secure (id integer PRIMARY KEY, owner text DEFAULT current_user);\n"
                       "INSERT INTO app.secure VALUES (1);\n"
                       "ALTER TABLE app.secure ENABLE ROW LEVEL SECURITY;\n"
                       "ALTER TABLE app.secure FORCE ROW LEVEL SECURITY;\n"
                       "CREATE POLICY only_reader ON app.secure TO baseline_reader USING (owner = current_user);\n"
                       "CREATE TABLE app.checked (id integer PRIMARY KEY, v integer);\n"
                       "INSERT INTO app.checked VALUES (1, -5);\n"
                       "ALTER TABLE app.checked ADD CONSTRAINT positive CHECK (v > 0) NOT VALID;\n"
                       "CREATE RULE no_more AS ON INSERT TO app.checked DO INSTEAD NOTHING;\n"
                       "CREATE TABLE app.only_times (at timestamptz DEFAULT clock_timestamp());\n"
                       "INSERT INTO app.only_times DEFAULT VALUES;\n"
                       "INSERT INTO app.only_times DEFAULT VALUES;\n"
                       "CREATE SEQUENCE app.orders START 1;\n"
                       "ALTER SEQUENCE app.orders RESTART WITH 1000;\n"},
    {"008_links.sql",
     "CREATE TABLE app.roles (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), code text NOT NULL UNIQUE, boss uuid "
     "REFERENCES app.roles (id));\n"
     "CREATE TABLE app.granted (role_id uuid REFERENCES app.roles (id), what text, PRIMARY KEY (role_id, what));\n"
     "INSERT INTO app.roles (code) VALUES ('admin'), ('user'), ('guest');\n"
     "UPDATE app.roles SET boss = (SELECT id FROM app.roles WHERE code = 'admin') WHERE code = 'user';\n"
     "UPDATE app.roles SET boss = (SELECT id FROM app.roles WHERE code = 'user') WHERE code = 'guest';\n"
     "INSERT INTO app.granted SELECT id, 'read' FROM app.roles;\n"},
};

static const char *const nasty_queries[] = {
    "SELECT t FROM app.things t ORDER BY id",
    "SELECT t FROM app.ids t ORDER BY id",
    "SELECT what FROM app.log",
    "SELECT t, u FROM app.a t, app.b u ORDER BY t.id, u.id",
    "SELECT tableoid::regclass, t FROM app.part t ORDER BY id",
    "SELECT t FROM app.kinds t ORDER BY id",
    "SELECT t FROM app.checked t",
    "SELECT t FROM app.secure t",
    "SELECT t FROM app.v2 t",
    "SELECT t FROM app.m t",
    "SELECT u FROM app.\\\"Ünï\\\" u",
    "SELECT count(*) FROM app.only_times",
    "SELECT r.code, b.code FROM app.roles r LEFT JOIN app.roles b ON b.id = r.boss ORDER BY 1",
    "SELECT r.code, g.what FROM app.granted g JOIN app.roles r ON r.id = g.role_id ORDER BY 1",
    "SELECT s.last_value, s.is_called, i.last_value, o.last_value, o.is_called FROM app.things_seq s, app.ids_id_seq i, "
    "app.orders o",
    NULL,
};

static void write_nasty(void)
{
    write_migrations(nasty, countof(nasty));
    for (size_t i = 0; i < countof(shop); i++)
        remove_file(talloc_asprintf(scene, "migrations/%s", shop[i].name));
    remove_file(INIT);
}

static void test_baseline_writes_a_nasty_project(void **state UNUSED)
{
    write_nasty();
    DECK_RUN(scene, 0, "baseline", "--write");
    DECK_RUN(scene, 0, "baseline", "--privileges");
    assert_runs_everywhere(nasty_queries);
}

static void test_baseline_writes_the_same_bytes_again(void **state UNUSED)
{
    write_nasty();
    DECK_RUN(scene, 0, "baseline", "--write");
    const char *first = read_init();
    DECK_RUN(scene, 0, "baseline", "--write");
    assert_holds(scene->program->out, "already");
    assert_string_equal(read_init(), first);
    /* From another folder, and replayed anew, for the bytes of the first file are others. */
    scene->project = test_directory(scene);
    for (size_t i = 0; i < countof(nasty); i++)
        deck_scene_write(scene, nasty[i].name,
                         i ? nasty[i].text : talloc_asprintf(scene, "-- more\n%s", nasty[i].text));
    DECK_RUN(scene, 0, "baseline", "--write");
    assert_string_equal(read_init(), first);
}

static void test_baseline_write_regenerates_what_stands_there(void **state UNUSED)
{
    DECK_RUN(scene, 0, "--json", "baseline", "--write");
    assert_string_equal(deck_scene_text(scene, "written"), "true");
    assert_holds(read_init(), "INSERT INTO public.schema_migrations (version, description) VALUES ('002', 'fill');\n");
    DECK_RUN(scene, 0, "baseline");
}

static void test_baseline_write_keeps_the_ledger_where_it_is_set(void **state UNUSED)
{
    test_write(scene->project, "pgdeck.yaml", "ledger: \"ops.Applied\"\nsearch_path: public\n");
    DECK_RUN(scene, 0, "baseline", "--write");
    assert_holds(read_init(), "INSERT INTO ops.applied (version, description) VALUES ('001', 'create');\n");
    DECK_RUN(scene, 0, "baseline");
    run_script("by_init", "");
    test_server_drop_database(scene->server, "by_init");
}

static void test_baseline_write_refuses_what_it_cannot_prove(void **state UNUSED)
{
    deck_scene_write(scene, "004_search.sql", "CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);\n");
    DECK_RUN(scene, 4, "baseline", "--write");
    assert_holds(scene->program->err, "text search configuration");
    assert_string_equal(read_init(), shop_init);
}

static void test_baseline_write_without_migrations_is_refused(void **state UNUSED)
{
    for (size_t i = 0; i < countof(shop); i++)
        remove_file(talloc_asprintf(scene, "migrations/%s", shop[i].name));
    DECK_RUN(scene, 2, "baseline", "--write");
    assert_holds(scene->program->err, "there are no migrations in migrations");
    assert_string_equal(read_init(), shop_init);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_baseline_of_an_init_script_that_mirrors_is_equal, reset),
        cmocka_unit_test_setup(test_baseline_tells_each_drift_and_its_place, reset),
        cmocka_unit_test_setup(test_baseline_tells_one_drift_and_nothing_else, reset),
        cmocka_unit_test_setup(test_baseline_takes_a_sequence_that_is_further_for_no_difference, reset),
        cmocka_unit_test_setup(test_baseline_passes_over_what_is_another_value_each_time, reset),
        cmocka_unit_test_setup(test_baseline_counts_the_rows_of_large_tables, reset),
        cmocka_unit_test_setup(test_baseline_without_an_init_script_says_how_to_make_one, reset),
        cmocka_unit_test_setup(test_baseline_without_a_ledger_says_so, reset),
        cmocka_unit_test_setup(test_baseline_of_a_script_that_fails_names_the_place, reset),
        cmocka_unit_test_setup(test_baseline_reads_the_ledgers_of_other_tools, reset),
        cmocka_unit_test_setup(test_baseline_takes_what_pg_dump_wrote, reset),
        cmocka_unit_test_setup(test_baseline_writes_the_reference_project, reset),
        cmocka_unit_test_setup(test_baseline_writes_a_nasty_project, reset),
        cmocka_unit_test_setup(test_baseline_writes_the_same_bytes_again, reset),
        cmocka_unit_test_setup(test_baseline_write_regenerates_what_stands_there, reset),
        cmocka_unit_test_setup(test_baseline_write_keeps_the_ledger_where_it_is_set, reset),
        cmocka_unit_test_setup(test_baseline_write_refuses_what_it_cannot_prove, reset),
        cmocka_unit_test_setup(test_baseline_write_without_migrations_is_refused, reset),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
