/* pgdeck: allow secrets because the planted one is made up */
/* A project of somebody else's, with one defect of each sort planted in it: each is found, under its rule and at its
 * line, and nothing else is; mended, there is silence. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lib/deck.h"

/* ---- the project: a clinic. A file of which a planted version is told differs in that alone ---- */

#define BASE_COLUMNS                                                                                                   \
    "    id bigint PRIMARY KEY,\n    created_at timestamptz NOT NULL DEFAULT '2020-01-01 00:00:00+00',\n"

static const struct {
    const char *name, *clean, *planted; /* planted NULL: as it is */
} files[] = {
    {"migrations/001_patients.sql",
     "CREATE TABLE IF NOT EXISTS patients (\n" BASE_COLUMNS "    name text NOT NULL,\n    notes text\n);\n", NULL},
    {"migrations/002_kinds.sql",
     "CREATE TABLE IF NOT EXISTS kinds (\n" BASE_COLUMNS "    code text NOT NULL,\n    minutes integer NOT NULL\n);\n"
     "INSERT INTO kinds (id, code, minutes) VALUES (1, 'surgery', 90), (2, 'phone', 5) ON CONFLICT DO NOTHING;\n",
     NULL},
    {"migrations/003_visits.sql",
     "CREATE TABLE IF NOT EXISTS visits (\n" BASE_COLUMNS
     "    patient_id bigint NOT NULL REFERENCES patients (id),\n    fee integer NOT NULL DEFAULT 0\n);\n",
     "CREATE TABLE IF NOT EXISTS visits (\n" BASE_COLUMNS
     "    patient_id bigint NOT NULL REFERENCES patients (id),\n    fee integer NOT NULL DEFAULT 0 -- cents\n);\n"},
    {"migrations/004_minutes.sql", "UPDATE kinds SET minutes = 10 WHERE id = 2 AND minutes < 10;\n", NULL},
    {"migrations/005_indexes.sql",
     "-- pgdeck: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS visits_patient_idx ON visits (patient_id);\n"
     "CREATE INDEX CONCURRENTLY IF NOT EXISTS patients_name_idx ON patients (name);\n",
     NULL},
    {"migrations/006_notes.sql",
     "-- pgdeck: allow data-loss because they are kept elsewhere by now\n"
     "ALTER TABLE patients DROP COLUMN IF EXISTS notes;\n",
     "\nALTER TABLE patients DROP COLUMN IF EXISTS notes;\n"},
    {"migrations/007_longer.sql", "SELECT 1;\nUPDATE kinds SET minutes = 95 WHERE id = 1 AND minutes = 90;\n",
     "SELECT 1;\nUPDATE kinds SET minutes = minutes + 5 WHERE id = 1;\n"},
    {"models/base.yaml",
     "mixin: Base\ncolumns:\n  id: {type: bigint, nullable: false, primary_key: true}\n"
     "  created_at: {type: timestamptz, nullable: false, default: \"'2020-01-01 00:00:00+00'\"}\n",
     NULL},
    {"models/kind.yaml",
     "entity: Kind\ntable: kinds\nextends: [Base]\ncolumns:\n  code: {type: text, nullable: false}\n"
     "  minutes: {type: integer, nullable: false}\n",
     "entity: Kind\ntable: kinds\ncolumns:\n  id: {type: bigint, nullable: false, primary_key: true}\n"
     "  created_at: {type: timestamptz, nullable: false, default: \"'2020-01-01 00:00:00+00'\"}\n"
     "  code: {type: text, nullable: false}\n  minutes: {type: integer, nullable: false}\n"},
    {"models/patient.yaml",
     "entity: Patient\ntable: patients\nextends: [Base]\ncolumns:\n  name: {type: text, nullable: false}\n"
     "indexes: {patients_name_idx: {columns: [name]}}\nrelationships:\n"
     "  visits: {to: Visit, kind: many, key: patient_id, back_populates: patient, cascade: [save], soft_delete: keep}\n",
     "entity: Patient\ntable: patients\nextends: [Base]\ncolumns:\n  name: {type: text, nullable: false}\n"
     "  pager: {type: text, nullable: true}\nindexes: {patients_name_idx: {columns: [name]}}\nrelationships:\n"
     "  visits: {to: Visit, kind: many, key: patient_id, cascade: [save], soft_delete: keep}\n"},
    {"models/visit.yaml",
     "entity: Visit\ntable: visits\nextends: [Base]\ncolumns:\n"
     "  patient_id: {type: bigint, nullable: false, references: {entity: Patient}}\n"
     "  fee: {type: integer, nullable: false, default: \"0\"}\nindexes: {visits_patient_idx: {columns: [patient_id]}}\n"
     "relationships:\n"
     "  patient: {to: Patient, kind: one, key: patient_id, back_populates: visits, cascade: [], soft_delete: keep}\n",
     NULL},
    {"docs/ops.md", "Connect to postgres://USER:PASSWORD@HOST/clinic; the password is in the vault.\n",
     "Connect to postgres://USER:PASSWORD@HOST/clinic; the password is in the vault.\n\n"
     "The old one was postgres://clinic:Tr0ub4dor-3@db.internal/clinic\n"},
};

#define INIT_TABLES                                                                                                    \
    "CREATE TABLE patients (\n" BASE_COLUMNS "    name text NOT NULL\n);\nCREATE TABLE kinds (\n" BASE_COLUMNS         \
    "    code text NOT NULL,\n    minutes integer NOT NULL\n);\nCREATE TABLE visits (\n" BASE_COLUMNS                  \
    "    patient_id bigint NOT NULL REFERENCES patients (id),\n    fee integer NOT NULL DEFAULT 0\n);\n"               \
    "CREATE INDEX visits_patient_idx ON visits (patient_id);\n"
#define INIT_INDEX "CREATE INDEX patients_name_idx ON patients (name);\n"
#define INIT_ROWS(minutes)                                                                                             \
    "INSERT INTO kinds (id, code, minutes) VALUES\n    (1, 'surgery', 95),\n    (2, 'phone', " minutes ");\n"
#define INIT_LEDGER                                                                                                    \
    "CREATE TABLE schema_migrations (version text PRIMARY KEY, description text, checksum text,\n"                     \
    "    applied_at timestamptz DEFAULT now(), applied_by text, duration_ms bigint, run text);\n"                      \
    "INSERT INTO schema_migrations (version) VALUES\n"

static const char clean_init[] = INIT_TABLES INIT_INDEX INIT_ROWS("10") INIT_LEDGER
    "    ('001'), ('002'), ('003'), ('004'),\n    ('005'), ('006'), ('007');\n";
static const char planted_init[] = INIT_TABLES INIT_ROWS("5") INIT_LEDGER
    "    ('001'), ('002'), ('003'), ('004'),\n    ('006'), ('007');\nCREATE INDEX spare_idx ON kinds (code);\n";

/* ---- writing it down ---- */

static void put_documentation(struct deck_scene *scene, const char *fifth)
{
    static const char *const titles[] = {"001_patients", "002_kinds", "003_visits", "004_minutes",
                                         "005_indexes",  "006_notes", "007_longer"};
    char *text = talloc_strdup(scene, "# Migrations\n");
    for (size_t i = 0; i < countof(titles); i++)
        text = talloc_asprintf_append(text,
                                      "\n## %s\n\n**Intent.** %s\n\n**Safety.** Others go on while it runs, and it can "
                                      "be run again after a failure.\n",
                                      titles[i], i == 4 ? fifth : "The front desk works with it from this release on.");
    test_write(scene->project, "docs/MIGRATIONS.md", text);
}

static void put_clean(struct deck_scene *scene)
{
    for (size_t i = 0; i < countof(files); i++)
        test_write(scene->project, files[i].name, files[i].clean);
    test_write(scene->project, "db/init.sql", clean_init);
    put_documentation(scene, "Lists of patients and of their visits are sorted by them.");
}

static void put_planted(struct deck_scene *scene)
{
    for (size_t i = 0; i < countof(files); i++)
        test_write(scene->project, files[i].name, files[i].planted ? files[i].planted : files[i].clean);
    test_write(scene->project, "db/init.sql", planted_init);
    put_documentation(scene, "TODO");
}

static void move(struct deck_scene *scene, const char *from, const char *to)
{
    assert_int_equal(rename(talloc_asprintf(scene, "%s/%s", scene->project, from),
                            talloc_asprintf(scene, "%s/%s", scene->project, to)),
                     0);
}

static int start(void **state)
{
    struct deck_scene *scene = deck_scene_start(NULL);
    *state = scene;
    deck_scene_reset(scene);
    scene->project = test_directory(scene);
    deck_scene_settings(scene, "  gone: {url: \"host=/nowhere dbname=clinic connect_timeout=2\", guard: open}\n"
                               "models: models\ninit: db/init.sql\ndocumentation: docs/MIGRATIONS.md\n");
    put_clean(scene);
    DECK_RUN(scene, 0, "-d", "open", "apply", "--to", "005", "--yes");
    DECK_RUN(scene, 0, "-d", "open", "audit", "--sample", "1");
    return 0;
}

static int stop(void **state)
{
    struct deck_scene *scene = *state;
    json_decref(scene->document);
    talloc_free(scene);
    return 0;
}

/* ---- what must be found ---- */

struct expected_finding {
    const char *rule, *file; /* file NULL: none, it is of the target or of something that is not there */
    int line;
    const char *message; /* part of it */
};

static bool is_it(const struct expected_finding *expected, const char *rule, const json_t *finding)
{
    const char *file = json_string_value(json_object_get(finding, "file"));
    return !strcmp(expected->rule, rule) && !expected->file == !file && (!file || !strcmp(expected->file, file)) &&
           json_integer_value(json_object_get(finding, "line")) == expected->line &&
           strstr(json_string_value(json_object_get(finding, "message")), expected->message);
}

/* Fails unless the findings are these and no others. */
static void expect(struct deck_scene *scene, const struct expected_finding *expected, size_t count)
{
    json_t *result, *finding;
    size_t i, j, found = 0;
    json_array_foreach(json_object_get(scene->document, "rules"), i, result)
    {
        const char *rule = json_string_value(json_object_get(result, "id"));
        json_array_foreach(json_object_get(result, "findings"), j, finding)
        {
            size_t match = 0;
            while (match < count && !is_it(&expected[match], rule, finding))
                match++;
            if (match == count || !json_is_string(json_object_get(finding, "hint")))
                fail_msg("%s: %s", rule, json_dumps(finding, JSON_ENCODE_ANY));
            found++;
        }
    }
    if (found != count)
        fail_msg("%zu found of %zu: %s", found, count, scene->program->out);
}

#define EXPECT(scene, ...)                                                                                             \
    expect(scene, (const struct expected_finding[]){__VA_ARGS__},                                                      \
           sizeof((const struct expected_finding[]){__VA_ARGS__}) / sizeof(struct expected_finding))

/* Nothing is found, and no rule but those that lack what they ask is left out. */
static void expect_silence(struct deck_scene *scene, json_int_t skipped)
{
    expect(scene, NULL, 0);
    assert_int_equal(json_integer_value(deck_scene_value(scene, "counts.skipped")), skipped);
}

/* ---- the tests ---- */

static void test_clean_project_is_silent(void **state)
{
    struct deck_scene *scene = *state;
    DECK_RUN(scene, 0, "--json", "-d", "open", "check", "--release");
    expect_silence(scene, 0);
}

static void test_clean_project_without_a_target_is_silent(void **state)
{
    struct deck_scene *scene = *state;
    DECK_RUN(scene, 0, "--json", "check");
    expect_silence(scene, 5);
}

static void test_planted_defects_are_found_and_nothing_else(void **state)
{
    struct deck_scene *scene = *state;
    put_planted(scene);
    move(scene, "migrations/007_longer.sql", "migrations/007_Longer.sql");
    move(scene, "docs/audits", "docs/audited");
    test_server_execute(scene->server, DECK_DATABASE,
                        "DELETE FROM schema_migrations WHERE version = '004';"
                        "CREATE INDEX by_hand ON visits (fee);"
                        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'patients_name_idx'::regclass");
    DECK_RUN(scene, 1, "--json", "-d", "open", "check", "--release");
    EXPECT(scene, {"model.base", "models/kind.yaml", 1, "extends no base"},
           {"model.relationship", "models/patient.yaml", 9, "does not say \"back_populates\""},
           {"parity.models", "models/patient.yaml", 6, "column public.patients.pager is in models"},
           {"parity.init", "migrations/005_indexes.sql", 3, "index public.patients_name_idx is in migrations"},
           {"parity.init", "db/init.sql", 27, "index public.spare_idx is in init"},
           {"parity.live", NULL, 0, "index public.by_hand is in live"},
           {"init.seed", "db/init.sql", 24, "version 005 is not seeded"},
           {"init.rows", "db/init.sql", 21, "minutes is \"5\", after the migrations \"10\""},
           {"migration.name", "migrations/007_Longer.sql", 0, "not in the house style"},
           {"migration.idempotent", "migrations/007_Longer.sql", 2, "writes other values into rows of public.kinds"},
           {"migration.unchanged", "migrations/003_visits.sql", 0, "not the one that was applied"},
           {"migration.order", "migrations/004_minutes.sql", 0, "below the highest applied version"},
           {"migration.complete", NULL, 0, "index public.patients_name_idx of public.patients is invalid"},
           {"migration.documented", "docs/MIGRATIONS.md", 29, "has a placeholder for its intent"},
           {"migration.hazard", "migrations/006_notes.sql", 2, "drops the column public.patients.notes"},
           {"audit.current", NULL, 0, "there is no review"},
           {"secrets", "docs/ops.md", 3, "a connection URI holds a password"});
}

static void test_mended_project_is_silent(void **state)
{
    struct deck_scene *scene = *state;
    move(scene, "migrations/007_Longer.sql", "migrations/007_longer.sql");
    move(scene, "docs/audited", "docs/audits");
    put_clean(scene);
    test_server_execute(scene->server, DECK_DATABASE, "REINDEX INDEX patients_name_idx; DROP INDEX by_hand");
    DECK_RUN(scene, 0, "-d", "open", "mark", "004", "--applied", "--yes", "--reason", "the row was deleted by hand");
    DECK_RUN(scene, 0, "--json", "-d", "open", "check", "--release");
    expect_silence(scene, 0);
}

/* No table can be made of such models: the comparison is left out, and does not cry along. */
static void test_column_that_implies_its_nullability_is_found_once(void **state)
{
    struct deck_scene *scene = *state;
    test_write(scene->project, "models/visit.yaml",
               "entity: Visit\ntable: visits\nextends: [Base]\ncolumns:\n  fee: {type: integer}\n");
    DECK_RUN(scene, 1, "--json", "check", "--rule", "model.typed", "--rule", "parity.models");
    EXPECT(scene, {"model.typed", "models/visit.yaml", 5, "does not say \"nullable\""});
    put_clean(scene);
}

/* What follows from them elsewhere is not told again. */
static void test_entity_that_cannot_be_parsed_is_found_once(void **state)
{
    struct deck_scene *scene = *state;
    test_write(scene->project, "models/patient.yaml", "entity: Patient\ntable: [\n");
    DECK_RUN(scene, 1, "--json", "check", "--rule", "model.base", "--rule", "model.typed", "--rule",
             "model.relationship", "--rule", "parity.models");
    EXPECT(scene, {"model.base", "models/patient.yaml", 3, "not valid YAML"});
    put_clean(scene);
}

static void test_target_that_is_gone_is_found_once(void **state)
{
    struct deck_scene *scene = *state;
    DECK_RUN(scene, 1, "--json", "-d", "gone", "check", "--rule", "connection", "--rule", "parity.live", "--rule",
             "migration.order", "--rule", "migration.unchanged", "--rule", "migration.complete", "--rule",
             "migration.hazard");
    EXPECT(scene, {"connection", NULL, 0, "nowhere"});
    assert_int_equal(json_integer_value(deck_scene_value(scene, "counts.skipped")), 4); /* not migration.hazard */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean_project_is_silent),
        cmocka_unit_test(test_clean_project_without_a_target_is_silent),
        cmocka_unit_test(test_planted_defects_are_found_and_nothing_else),
        cmocka_unit_test(test_mended_project_is_silent),
        cmocka_unit_test(test_column_that_implies_its_nullability_is_found_once),
        cmocka_unit_test(test_entity_that_cannot_be_parsed_is_found_once),
        cmocka_unit_test(test_target_that_is_gone_is_found_once),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
