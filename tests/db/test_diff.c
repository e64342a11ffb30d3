/* pgdeck: allow secrets because all of them are made up */
/* The commands diff and snapshot, end to end: exit statuses, text, JSON, the script; what is compared and what is told
 * to be left out; that nothing but scratch is written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <unistd.h>

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

/* ---- what is asserted ---- */

static void assert_text(const char *path, const char *expected)
{
    assert_string_equal(deck_scene_text(scene, path), expected);
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not stand in: %s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" stands in: %s", part, text);
}

static void assert_err_holds(const char *part) { assert_holds(scene->program->err, part); }
static void assert_out_holds(const char *part) { assert_holds(scene->program->out, part); }

/* The change of a name and attribute (NULL: none) of the last document; fails where there is none. */
static const json_t *find_change(const char *name, const char *attribute)
{
    size_t index;
    json_t *change;
    json_array_foreach((json_t *)(uintptr_t)deck_scene_value(scene, "changes"), index, change)
    {
        const char *of = json_string_value(json_object_get(change, "attribute"));
        if (!strcmp(json_string_value(json_object_get(change, "name")), name) &&
            (of && attribute ? !strcmp(of, attribute) : of == attribute))
            return change;
    }
    fail_msg("no change of %s, %s: %s", name, attribute ? attribute : "itself", scene->program->out);
    return NULL;
}

static const char *text_of(const json_t *change, const char *key)
{
    const char *text = json_string_value(json_object_get(change, key));
    return text ? text : "null";
}

static size_t change_count(void) { return json_array_size(deck_scene_value(scene, "changes")); }

static const char *write_sql(const char *name, const char *text)
{
    test_write(scene->project, name, text);
    return talloc_asprintf(scene, "%s/%s", scene->project, name);
}

static void execute(const char *sql) { test_server_execute(scene->server, DECK_DATABASE, sql); }

/* ---- equal and not ---- */

static void test_mirrors_of_the_reference_project_agree(void **state UNUSED)
{
    static const char *const words[] = {"models", "migrations", "init"};
    scene->project = ".";
    for (size_t i = 0; i < countof(words); i++)
        for (size_t j = 0; j < countof(words); j++) {
            DECK_RUN(scene, 0, "--json", "diff", words[i], words[j]);
            assert_text("equal", "true");
            assert_int_equal(change_count(), 0);
            assert_text("not_run", "0");
        }
}

static void test_difference_exits_with_1_and_says_what_differs(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t (id integer, name varchar(10));\n");
    const char *to =
        write_sql("to.sql", "CREATE TABLE t (id bigint, name varchar(10)); CREATE VIEW v AS SELECT 1 AS one;\n");
    DECK_RUN(scene, 1, "--json", "diff", from, to);
    assert_text("from", from);
    assert_text("to", to);
    assert_text("equal", "false");
    assert_int_equal(change_count(), 2);
    const json_t *type = find_change("public.t.id", "type");
    assert_string_equal(text_of(type, "action"), "alter");
    assert_string_equal(text_of(type, "kind"), "column");
    assert_string_equal(text_of(type, "from"), "integer");
    assert_string_equal(text_of(type, "to"), "bigint");
    assert_string_equal(text_of(type, "severity"), "breaking");
    assert_string_equal(text_of(type, "blame"), "null");
    assert_holds(json_string_value(json_array_get(json_object_get(type, "sql"), 0)), "ALTER TABLE public.t");
    const json_t *view = find_change("public.v", NULL);
    assert_string_equal(text_of(view, "action"), "create");
    assert_string_equal(text_of(view, "kind"), "view");
}

static void test_text_has_a_line_for_each_difference_and_a_summary(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t (id integer); CREATE TABLE gone ();\n");
    const char *to = write_sql("to.sql", "CREATE TABLE t (id bigint); COMMENT ON TABLE t IS 'said';\n");
    DECK_RUN(scene, 1, "diff", from, to);
    assert_out_holds("integer → bigint");
    assert_out_holds("drop, loses data");
    assert_out_holds("none → said");
    assert_out_holds("3 differences: 2 breaking, 1 cosmetic");
    DECK_RUN(scene, 0, "diff", from, from);
    assert_out_holds("agree: ");
}

static void test_order_of_columns_is_a_note_and_no_difference(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t (a integer, b integer);\n");
    const char *to = write_sql("to.sql", "CREATE TABLE t (b integer, a integer);\n");
    DECK_RUN(scene, 0, "--json", "diff", from, to);
    assert_text("equal", "true");
    assert_true(json_array_size(deck_scene_value(scene, "notes")) > 0);
    DECK_RUN(scene, 0, "diff", from, to);
    assert_out_holds("note: public.t");
}

static void test_planted_drift_is_blamed_on_its_file_and_line(void **state UNUSED)
{
    deck_scene_write(scene, "003_third.sql", "-- A line.\n\nALTER TABLE first ADD COLUMN note text;\n");
    const char *to = write_sql("to.sql", "CREATE TABLE first (id integer); CREATE TABLE second (id integer);\n");
    DECK_RUN(scene, 1, "--json", "diff", "migrations", to);
    assert_int_equal(change_count(), 1);
    assert_string_equal(text_of(find_change("public.first.note", NULL), "blame"), "migrations/003_third.sql:3");
    DECK_RUN(scene, 1, "diff", to, "migrations");
    assert_out_holds("migrations/003_third.sql:3");
}

/* A copy of the reference project, with a file that goes behind the back of whoever reads it. */
static void test_drift_of_the_reference_project_is_found_and_blamed(void **state UNUSED)
{
    scene->project = test_directory(scene);
    assert_int_equal(system(talloc_asprintf(scene, "cp -r migrations initdb store %s", scene->project)), 0);
    deck_scene_write(
        scene, "099_drift.sql",
        "SELECT 1;\nDO $$ BEGIN\n  EXECUTE 'ALTER TABLE agents ALTER COLUMN name DROP NOT NULL';\nEND $$;\n");
    DECK_RUN(scene, 1, "--json", "diff", "init", "migrations");
    assert_int_equal(change_count(), 1);
    assert_string_equal(text_of(find_change("public.agents.name", "nullable"), "blame"), "migrations/099_drift.sql:2");
    DECK_RUN(scene, 1, "--json", "diff", "migrations", "models");
    assert_int_equal(change_count(), 1);
    DECK_RUN(scene, 0, "diff", "init", "models");
}

/* ---- the script ---- */

static void test_sql_alone_is_printed_and_closes_the_difference(void **state UNUSED)
{
    static const char made[] = "CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'x');\n"
                               "CREATE INDEX t_name_idx ON t (name); CREATE VIEW v AS SELECT id FROM t;\n";
    const char *to = write_sql("to.sql", made);
    execute("CREATE TABLE t (id integer PRIMARY KEY, name varchar(5)); CREATE VIEW v AS SELECT id FROM t;");
    DECK_RUN(scene, 1, "-d", "open", "diff", "live", to, "--sql");
    assert_lacks(scene->program->out, "differences");
    execute(scene->program->out);
    DECK_RUN(scene, 0, "-d", "open", "diff", "live", to, "--sql");
    assert_string_equal(scene->program->out, "");
    DECK_RUN(scene, 0, "--json", "-d", "open", "diff", "live", to, "--sql");
    assert_text("script", "");
}

static void test_lossy_statements_are_marked_in_the_script(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t (id integer, note text);\n");
    const char *to = write_sql("to.sql", "CREATE TABLE t (id integer);\n");
    DECK_RUN(scene, 1, "diff", from, to, "--sql");
    assert_out_holds("-- loses data\nALTER TABLE public.t DROP COLUMN note;");
    DECK_RUN(scene, 1, "--json", "diff", from, to);
    assert_text("changes.0.loses_data", "true");
}

static void test_kind_limits_differences_and_script(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t (id integer);\n");
    const char *to = write_sql("to.sql", "CREATE TABLE t (id bigint DEFAULT 1); CREATE INDEX i ON t (id);\n");
    DECK_RUN(scene, 1, "--json", "diff", from, to, "--kind", "index");
    assert_int_equal(change_count(), 1);
    assert_text("changes.0.name", "public.i");
    DECK_RUN(scene, 1, "diff", from, to, "--kind", "index", "--sql");
    assert_out_holds("CREATE INDEX");
    assert_lacks(scene->program->out, "ALTER TABLE");
    DECK_RUN(scene, 1, "--json", "diff", from, to, "--kind", "index", "--kind", "column");
    assert_int_equal(change_count(), 3);
    DECK_RUN(scene, 1, "--json", "diff", from, to, "--kind", "column_default");
    assert_int_equal(change_count(), 1);
    assert_text("changes.0.attribute", "default");
    DECK_RUN(scene, 0, "diff", from, to, "--kind", "function");
    DECK_RUN(scene, 2, "diff", from, to, "--kind", "indexx");
    assert_err_holds("Did you mean index?");
}

/* ---- what is compared ---- */

static void write_models(const char *more)
{
    test_write(scene->project, "store/models/first.yaml",
               talloc_asprintf(scene,
                               "entity: First\ntable: first\ncolumns:\n  id: {type: integer, nullable: true, "
                               "primary_key: false}\n%s",
                               more));
    test_write(scene->project, "store/models/second.yaml",
               "entity: Second\ntable: second\ncolumns:\n  id: {type: integer, nullable: true, primary_key: false}\n");
}

static void test_models_are_compared_in_what_they_declare(void **state UNUSED)
{
    write_models("");
    deck_scene_write(scene, "003_more.sql",
                     "CREATE VIEW v AS SELECT id FROM first;\n"
                     "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n"
                     "CREATE TRIGGER t BEFORE INSERT ON first FOR EACH ROW EXECUTE FUNCTION f();\n"
                     "COMMENT ON TABLE first IS 'said only here';\n");
    DECK_RUN(scene, 0, "--json", "diff", "models", "migrations");
    assert_err_holds(
        "not compared, for the models declare none: function (1), comment on table (1), view (1), trigger (1)");
    assert_holds(deck_scene_text(scene, "warnings.0"), "trigger (1)");
    DECK_RUN(scene, 0, "diff", "migrations", "models", "--sql");
    assert_string_equal(scene->program->out, "");
}

static void test_models_without_indexes_say_that_there_are_none(void **state UNUSED)
{
    write_models("");
    deck_scene_write(scene, "003_more.sql", "CREATE INDEX i ON first (id);\n");
    DECK_RUN(scene, 1, "--json", "diff", "models", "migrations");
    assert_int_equal(change_count(), 1);
    assert_text("changes.0.name", "public.i");
}

static void test_models_that_declare_one_of_a_kind_speak_of_all_of_it(void **state UNUSED)
{
    write_models("description: said\n");
    test_write(scene->project, "store/models/view.sql", "CREATE VIEW v AS SELECT id FROM first;\n");
    deck_scene_write(scene, "003_more.sql",
                     "CREATE VIEW v AS SELECT id FROM first; CREATE VIEW w AS SELECT id FROM first;\n"
                     "COMMENT ON TABLE first IS 'said'; COMMENT ON TABLE second IS 'said only here';\n"
                     "COMMENT ON COLUMN first.id IS 'of a kind without comments';\n");
    DECK_RUN(scene, 1, "--json", "diff", "migrations", "models");
    assert_int_equal(change_count(), 2);
    find_change("public.second", "comment");
    find_change("public.w", NULL);
    assert_err_holds("comment on column (1)");
}

static void test_comments_of_which_models_do_not_speak_outlive_a_replacement(void **state UNUSED)
{
    write_models("checks: {first_check: id > 2}\n");
    deck_scene_write(scene, "003_more.sql",
                     "ALTER TABLE first ADD CONSTRAINT first_check CHECK (id > 1);\n"
                     "COMMENT ON CONSTRAINT first_check ON first IS 'kept';\n");
    DECK_RUN(scene, 1, "diff", "migrations", "models", "--sql");
    assert_out_holds("COMMENT ON CONSTRAINT first_check ON public.first IS 'kept'");
}

static void test_privileges_are_compared_only_when_asked(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t (id integer);\n");
    const char *to = write_sql("to.sql", "CREATE TABLE t (id integer); GRANT SELECT ON t TO PUBLIC;\n");
    DECK_RUN(scene, 0, "diff", from, to);
    DECK_RUN(scene, 1, "--json", "diff", from, to, "--privileges");
    assert_int_equal(change_count(), 1);
    DECK_RUN(scene, 1, "--json", "diff", from, to, "--kind", "grant");
    assert_int_equal(change_count(), 1);
}

static void test_privileges_that_nobody_compares_go_with_their_object(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE ROLE first; CREATE TABLE t (a integer, b integer, c integer);\n"
                                             "GRANT SELECT, INSERT (b) ON t TO first;\n"
                                             "CREATE TABLE u (a integer); GRANT SELECT ON u TO first;\n");
    const char *to = write_sql("to.sql", "CREATE TABLE t (a integer, c integer);\n");
    DECK_RUN(scene, 1, "diff", from, to, "--sql");
    assert_out_holds("DROP TABLE public.u;");
    assert_out_holds("DROP COLUMN b;");
    assert_lacks(scene->program->out, "GRANT");
    assert_lacks(scene->program->out, "REVOKE");
}

static void test_what_is_not_modelled_is_named_and_a_finding_only_when_strict(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TEXT SEARCH CONFIGURATION words (COPY = pg_catalog.simple);\n");
    DECK_RUN(scene, 0, "--json", "diff", from, from);
    assert_text("not_modelled.from.0.what", "text search configuration");
    assert_text("not_modelled.to.0.count", "1");
    assert_err_holds("text search configuration (1, such as public.words)");
    DECK_RUN(scene, 1, "--json", "diff", from, from, "--strict");
    assert_text("equal", "true");
    const char *none = write_sql("none.sql", "SELECT 1;\n");
    DECK_RUN(scene, 0, "diff", none, none, "--strict");
}

static void test_statement_that_cannot_run_here_is_named_with_its_place(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t ();\n\nCREATE EXTENSION no_such_extension;\n");
    DECK_RUN(scene, 0, "--json", "diff", from, from);
    assert_text("not_run", "2");
    assert_err_holds(talloc_asprintf(scene, "%s:3: not run: ", from));
    DECK_RUN(scene, 1, "diff", from, from, "--strict");
}

static void test_ledger_and_ignored_objects_are_left_out_and_counted(void **state UNUSED)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    execute("CREATE TABLE audit_log (id integer PRIMARY KEY)");
    DECK_RUN(scene, 1, "-d", "open", "diff", "live", "migrations");
    test_write(scene->project, "pgdeck.yaml", "ignore: [\"table:public.audit_*\"]\n");
    DECK_RUN(scene, 0, "-v", "-d", scene->target, "diff", "live", "migrations");
    assert_err_holds("live: left out: ");
    assert_err_holds("ledger and journal");
    assert_err_holds("ignored by pgdeck.yaml");
}

/* ---- targets ---- */

static void test_files_are_compared_without_a_target(void **state UNUSED)
{
    write_models("");
    static const char *const words[] = {"--json", "diff", "models", "migrations", NULL};
    deck_scene_start_program(scene, (const char *const[]){"PGDECK_TARGET=no_such_target", NULL}, words);
    deck_scene_finish(scene, 0);
    DECK_RUN(scene, 0, "--json", "cluster", "status");
    assert_text("exists", "false");
}

static void test_live_is_read_with_no_right_but_to_connect(void **state UNUSED)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    execute("DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN; REVOKE ALL ON SCHEMA public FROM PUBLIC;"
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC");
    const char *reader = talloc_asprintf(scene, "host=%s port=5432 dbname=" DECK_DATABASE " user=reader",
                                         test_server_host(scene->server));
    DECK_RUN(scene, 0, "-d", reader, "diff", "live", "migrations");
    DECK_RUN(scene, 0, "-d", "locked", "--read-only", "diff", "migrations", "live");
}

static void test_standby_is_compared(void **state UNUSED)
{
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    test_server_stop(scene->server, TEST_STOP_FAST);
    test_write(test_server_host(scene->server), "data/standby.signal", "");
    test_server_restart(scene->server);
    DECK_RUN(scene, 0, "-d", "open", "diff", "live", "migrations");
    test_server_stop(scene->server, TEST_STOP_FAST);
    unlink(talloc_asprintf(scene, "%s/data/standby.signal", test_server_host(scene->server)));
    test_server_restart(scene->server);
}

static void test_two_databases_are_compared_and_no_password_is_shown(void **state UNUSED)
{
    test_server_create_database(scene->server, "other");
    execute("CREATE TABLE t (id integer)");
    test_server_execute(scene->server, "other", "CREATE TABLE t (id bigint)");
    const char *other = talloc_asprintf(scene, "host=%s port=5432 dbname=other user=postgres password=hunter2hunter",
                                        test_server_host(scene->server));
    DECK_RUN(scene, 1, "--json", "diff", "open", other);
    assert_text("from", "open");
    assert_int_equal(change_count(), 1);
    assert_lacks(scene->program->out, "hunter2");
    assert_lacks(scene->program->err, "hunter2");
    assert_err_holds("a password on the command line");
    test_server_execute(scene->server, "other", "ALTER TABLE t ALTER id TYPE integer");
    DECK_RUN(scene, 0, "diff", "open", other);
    test_server_drop_database(scene->server, "other");
}

static void test_two_databases_need_no_scratch_server(void **state UNUSED)
{
    static const char *const nowhere[] = {"PGDECK_SCRATCH=host=/nowhere dbname=x", NULL};
    test_server_create_database(scene->server, "other");
    const char *other =
        talloc_asprintf(scene, "host=%s port=5432 dbname=other user=postgres", test_server_host(scene->server));
    const char *const words[] = {"diff", "open", other, NULL};
    execute("CREATE TABLE t (id integer, CHECK (id > 1))");
    test_server_execute(scene->server, "other", "CREATE TABLE t (id integer, CHECK (id > 1))");
    deck_scene_start_program(scene, nowhere, words);
    deck_scene_finish(scene, 0);
    assert_string_equal(scene->program->err, "");
    test_server_execute(scene->server, "other", "DROP TABLE t; CREATE TABLE t (id integer, CHECK (id > 2))");
    deck_scene_start_program(scene, nowhere, words);
    deck_scene_finish(scene, 1);
    assert_err_holds("warning: expressions that differ were not settled in scratch: ");
    test_server_drop_database(scene->server, "other");
}

/* ---- refusals ---- */

static const struct {
    const char *words[2];
    int status;
    const char *err;
} refusals[] = {
    {{"modles", "init"}, 2, "Did you mean \"models\"?"},
    {{"no_such", "init"}, 2, "there is no source \"no_such\""},
    {{"init", "migrations"}, 2, "initdb/create_tables.sql"},
    {{"no_such.sql", "migrations"}, 2, "no_such.sql: "},
    {{"models", "migrations"}, 2, "declares no models"},
    {{"host=/nowhere dbname=x", "migrations"}, 3, "hint:"},
    {{"postgres://u:hunter2@h@b", "migrations"}, 2, "hint:"},
};

static void test_source_that_cannot_be_had_is_refused(void **state UNUSED)
{
    for (size_t i = 0; i < countof(refusals); i++) {
        DECK_RUN(scene, refusals[i].status, "diff", refusals[i].words[0], refusals[i].words[1]);
        assert_err_holds(refusals[i].err);
        assert_lacks(scene->program->err, "hunter2");
        DECK_RUN(scene, refusals[i].status, "diff", refusals[i].words[1], refusals[i].words[0]);
        DECK_RUN(scene, refusals[i].status, "snapshot", refusals[i].words[0]);
    }
    DECK_RUN(scene, 2, "diff", "models");
    DECK_RUN(scene, 2, "diff", "models", "init", "live");
}

static void test_defect_of_a_file_is_2_and_the_servers_refusal_5_with_their_places(void **state UNUSED)
{
    const char *open = write_sql("open.sql", "SELECT 1;\nSELECT 'no end;\n");
    DECK_RUN(scene, 2, "--json", "diff", open, "migrations");
    assert_text("error.line", "2");
    assert_err_holds(talloc_asprintf(scene, "%s:2:8: ", open));
    const char *wrong = write_sql("wrong.sql", "SELECT 1;\n\n  CREATE TABLE t (id integerr);\n");
    DECK_RUN(scene, 5, "--json", "diff", "migrations", wrong);
    assert_text("error.sqlstate", "42704");
    assert_text("error.file", wrong);
    assert_err_holds(talloc_asprintf(scene, "%s:3:22: ", wrong));
    DECK_RUN(scene, 5, "snapshot", wrong);
    write_models("checks: {first_check: nonsense > 1}\n");
    DECK_RUN(scene, 5, "--json", "diff", "models", "migrations");
    assert_text("error.file", "store/models/first.yaml");
    assert_text("error.line", "5");
    write_models("nonsense: 1\n");
    DECK_RUN(scene, 2, "--json", "diff", "models", "migrations");
    assert_text("error.file", "store/models/first.yaml");
}

static void test_error_of_from_is_told_where_both_fail(void **state UNUSED)
{
    const char *one = write_sql("one.sql", "SELECT nonsense;\n"), *other = write_sql("other.sql", "SELECT nonsense;\n");
    DECK_RUN(scene, 5, "--json", "diff", one, other);
    assert_text("error.file", one);
    DECK_RUN(scene, 5, "--json", "diff", other, one);
    assert_text("error.file", other);
}

/* The scratch databases lie on the test's server here, which can be asked. */
static void test_signal_ends_the_building(void **state UNUSED)
{
    const char *slow = write_sql("slow.sql", "SELECT pg_catalog.pg_sleep(600);\n");
    const char *scratch = talloc_asprintf(scene, "PGDECK_SCRATCH=host=%s port=5432 dbname=postgres user=postgres",
                                          test_server_host(scene->server));
    deck_scene_start_program(scene, (const char *const[]){scratch, NULL},
                             (const char *const[]){"diff", slow, "migrations", NULL});
    while (!oracle_number(scene->oracle,
                          "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = '%s'",
                          "SELECT pg_catalog.pg_sleep(600)"))
        assert_false(program_has_ended(scene->program));
    kill(scene->program->pid, SIGINT);
    deck_scene_finish(scene, 130);
}

/* ---- hostile input ---- */

static void test_hostile_names_and_values_do_not_reach_the_terminal(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t (id integer);\n");
    const char *to =
        write_sql("to.sql", "CREATE TABLE t (id integer); CREATE TABLE \"a\x1b[31mb\" (\"x\x07\" integer);\n"
                            "COMMENT ON TABLE t IS E'\\x1b]0;title\\x07 \\u202e';\n");
    static const char *const modes[] = {"diff", "snapshot"};
    DECK_RUN(scene, 1, modes[0], from, to);
    assert_out_holds("\\x1B[31m");
    assert_null(strchr(scene->program->out, '\x1b'));
    assert_null(strchr(scene->program->out, '\x07'));
    assert_lacks(scene->program->out, "\u202e");
    DECK_RUN(scene, 1, modes[0], from, to, "--sql");
    assert_null(strchr(scene->program->out, '\x1b'));
    DECK_RUN(scene, 0, modes[1], to);
    assert_null(strchr(scene->program->out, '\x1b'));
    DECK_RUN(scene, 1, "--json", modes[0], from, to);
    assert_string_equal(text_of(find_change("public.t", "comment"), "to"), "\x1b]0;title\x07 \u202e");
    find_change("public.\"a\x1b[31mb\"", NULL);
}

/* ---- snapshot ---- */

static void test_snapshot_prints_objects_with_their_attributes(void **state UNUSED)
{
    const char *from = write_sql("from.sql", "CREATE TABLE t (id integer NOT NULL DEFAULT 7);\n"
                                             "COMMENT ON COLUMN t.id IS E'two\\nlines';\n");
    DECK_RUN(scene, 0, "--json", "snapshot", from);
    assert_text("source", from);
    assert_true(json_integer_value(deck_scene_value(scene, "server_version")) >= 120000);
    size_t index, found = 0;
    json_t *object;
    json_array_foreach((json_t *)(uintptr_t)deck_scene_value(scene, "objects"), index, object)
    {
        if (strcmp(text_of(object, "kind"), "column") != 0)
            continue;
        found++;
        assert_string_equal(text_of(object, "name"), "public.t.id");
        assert_string_equal(text_of(object, "parent"), "public.t");
        assert_string_equal(text_of(object, "type"), "integer");
        assert_string_equal(text_of(object, "comment"), "two\nlines");
    }
    assert_int_equal(found, 1);
    DECK_RUN(scene, 0, "snapshot", from);
    assert_out_holds("column\n  public.t.id\n");
    assert_out_holds("    type: integer\n");
    assert_out_holds("    comment: two\n        lines\n");
}

static void test_snapshot_takes_every_source(void **state UNUSED)
{
    write_models("");
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    test_write(scene->project, "initdb/create_tables.sql", "CREATE TABLE first (id integer);\n");
    static const char *const words[] = {"models", "migrations", "init", "live", "open"};
    for (size_t i = 0; i < countof(words); i++) {
        DECK_RUN(scene, 0, "-d", "open", "snapshot", words[i]);
        assert_out_holds("public.first\n");
        assert_lacks(scene->program->out, "schema_migrations");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_mirrors_of_the_reference_project_agree, reset),
        cmocka_unit_test_setup(test_difference_exits_with_1_and_says_what_differs, reset),
        cmocka_unit_test_setup(test_text_has_a_line_for_each_difference_and_a_summary, reset),
        cmocka_unit_test_setup(test_order_of_columns_is_a_note_and_no_difference, reset),
        cmocka_unit_test_setup(test_planted_drift_is_blamed_on_its_file_and_line, reset),
        cmocka_unit_test_setup(test_drift_of_the_reference_project_is_found_and_blamed, reset),
        cmocka_unit_test_setup(test_sql_alone_is_printed_and_closes_the_difference, reset),
        cmocka_unit_test_setup(test_lossy_statements_are_marked_in_the_script, reset),
        cmocka_unit_test_setup(test_kind_limits_differences_and_script, reset),
        cmocka_unit_test_setup(test_models_are_compared_in_what_they_declare, reset),
        cmocka_unit_test_setup(test_models_without_indexes_say_that_there_are_none, reset),
        cmocka_unit_test_setup(test_models_that_declare_one_of_a_kind_speak_of_all_of_it, reset),
        cmocka_unit_test_setup(test_comments_of_which_models_do_not_speak_outlive_a_replacement, reset),
        cmocka_unit_test_setup(test_privileges_are_compared_only_when_asked, reset),
        cmocka_unit_test_setup(test_privileges_that_nobody_compares_go_with_their_object, reset),
        cmocka_unit_test_setup(test_what_is_not_modelled_is_named_and_a_finding_only_when_strict, reset),
        cmocka_unit_test_setup(test_statement_that_cannot_run_here_is_named_with_its_place, reset),
        cmocka_unit_test_setup(test_ledger_and_ignored_objects_are_left_out_and_counted, reset),
        cmocka_unit_test_setup(test_files_are_compared_without_a_target, reset),
        cmocka_unit_test_setup(test_live_is_read_with_no_right_but_to_connect, reset),
        cmocka_unit_test_setup(test_standby_is_compared, reset),
        cmocka_unit_test_setup(test_two_databases_are_compared_and_no_password_is_shown, reset),
        cmocka_unit_test_setup(test_two_databases_need_no_scratch_server, reset),
        cmocka_unit_test_setup(test_source_that_cannot_be_had_is_refused, reset),
        cmocka_unit_test_setup(test_defect_of_a_file_is_2_and_the_servers_refusal_5_with_their_places, reset),
        cmocka_unit_test_setup(test_error_of_from_is_told_where_both_fail, reset),
        cmocka_unit_test_setup(test_signal_ends_the_building, reset),
        cmocka_unit_test_setup(test_hostile_names_and_values_do_not_reach_the_terminal, reset),
        cmocka_unit_test_setup(test_snapshot_prints_objects_with_their_attributes, reset),
        cmocka_unit_test_setup(test_snapshot_takes_every_source, reset),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
