/* Plans, without a server: what is selected and refused, where an incomplete file goes on, what the fingerprint covers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/plan.h"
#include "migrate/step.h"
#include "tests/lib/server.h"

#define SUM "0000000000000000000000000000000000000000000000000000000000000000"
#define STEPWISE "-- pgdeck: no-transaction\nSELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\nVACUUM;\nSELECT 4;\n"

struct fixture {
    struct error *error;
    const char *project;
    struct settings *settings;
    struct plan_target target;
    struct plan_selection selection;
    struct ledger ledger;
    struct directory directory;
    struct ledger_row rows[8];
    size_t row_count;
    struct journal_step steps[8];
    size_t step_count;
};

static struct settings *load(struct fixture *fixture, const char *const *options)
{
    static const char *const environment[] = {NULL};
    struct settings_input input = {.directory = fixture->project, .environment = environment, .options = options};
    struct settings *settings = settings_load(fixture, &input, fixture->error);
    if (!settings)
        fail_msg("%s", fixture->error->message);
    return settings;
}

static struct fixture *new_fixture(void)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->error = error_new(fixture);
    fixture->project = test_directory(fixture);
    fixture->settings = load(fixture, NULL);
    fixture->target = (struct plan_target){"7000000000000000001", 1, "shop", "ana", 150000};
    fixture->ledger =
        (struct ledger){.shape = LEDGER_OWN, .table = "\"public\".\"schema_migrations\"", .has_journal = true};
    return fixture;
}

static int set_up(void **state)
{
    *state = new_fixture();
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct migration_file *put_file(struct fixture *fixture, const char *version, const char *text)
{
    struct directory *directory = &fixture->directory;
    char *name = talloc_asprintf(fixture, "%s_x.sql", version), *path = talloc_asprintf(fixture, "migrations/%s", name);
    directory->files =
        talloc_realloc(fixture, directory->files, struct migration_file *, (unsigned)directory->count + 1);
    struct migration_file *file = file_parse(fixture, path, name, text, strlen(text), fixture->error);
    if (!file)
        fail_msg("%s", fixture->error->message);
    directory->files[directory->count++] = file;
    return file;
}

/* Counters from 001 on. */
static void put_files(struct fixture *fixture, int count)
{
    for (int i = 1; i <= count; i++)
        put_file(fixture, talloc_asprintf(fixture, "%03d", i), "SELECT 1;\n");
}

static void put_row(struct fixture *fixture, const char *version, const char *checksum)
{
    fixture->rows[fixture->row_count++] =
        (struct ledger_row){.version = version, .number = strtoll(version, NULL, 10), .checksum = checksum};
}

/* The steps of a file as the journal has them: the first `done` are done; with `intended` the next was begun. */
enum next_step { NEXT_NOT_BEGUN, NEXT_INTENDED };
static void put_steps(struct fixture *fixture, const struct migration_file *file, size_t done, enum next_step next)
{
    size_t count;
    struct step *steps = step_list(fixture, file, &count);
    for (size_t i = 0; i < count && i < done + (next == NEXT_INTENDED); i++)
        fixture->steps[fixture->step_count++] = (struct journal_step){
            .version = file->version, .step = steps[i].number, .statement_hash = steps[i].hash, .is_done = i < done};
}

static struct plan *build(struct fixture *fixture)
{
    struct status *status = talloc_zero(fixture, struct status);
    status->ledger = &fixture->ledger;
    status_combine(status, &fixture->directory, fixture->rows, fixture->row_count, fixture->steps, fixture->step_count);
    error_clear(fixture->error);
    return plan_build(fixture, status, fixture->settings, &fixture->target, &fixture->selection, fixture->error);
}

static struct plan *build_good(struct fixture *fixture)
{
    struct plan *plan = build(fixture);
    if (!plan)
        fail_msg("%s", fixture->error->message);
    return plan;
}

static const char *versions_of(struct fixture *fixture, const struct plan *plan)
{
    char *text = talloc_strdup(fixture, "");
    for (size_t i = 0; i < plan->count; i++)
        text = talloc_asprintf_append(text, "%s%s", i > 0 ? " " : "", plan->steps[i].file->version);
    return text;
}

static void refused(struct fixture *fixture, enum error_code code, const char *file, const char *in_hint)
{
    struct plan *plan = build(fixture);
    const struct error *error = fixture->error;
    if (plan)
        fail_msg("not refused: %s", versions_of(fixture, plan));
    assert_int_equal(error->code, code);
    assert_non_null(error->hint);
    if (!strstr(error->hint, in_hint))
        fail_msg("hint: %s", error->hint);
    if (file)
        assert_string_equal(error->file, file);
    else
        assert_null(error->file);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* ---- selection ---- */

static const struct {
    const char *what, *to;
    const char *only[4];
    int order;
    const char *planned; /* of 001 to 005, of which 001 and 003 are applied */
    size_t remaining;
} selections[] = {
    {"strict with nothing below", "001", {NULL}, ORDER_STRICT, "", 3},
    {"any order", NULL, {NULL}, ORDER_ANY, "002 004 005", 0},
    {"up to one", "004", {NULL}, ORDER_ANY, "002 004", 1},
    {"up to one, spelled otherwise", "4", {NULL}, ORDER_ANY, "002 004", 1},
    {"up to an applied one", "003", {NULL}, ORDER_ANY, "002", 2},
    {"up to the last", "005", {NULL}, ORDER_ANY, "002 004 005", 0},
    {"one alone", NULL, {"005"}, ORDER_STRICT, "005", 2},
    {"some, in the order of versions", NULL, {"5", "004"}, ORDER_STRICT, "004 005", 1},
    {"one twice", NULL, {"5", "005"}, ORDER_STRICT, "005", 2},
    {"one out of order", NULL, {"2"}, ORDER_ANY, "002", 2},
};

static void test_build_takes_what_is_selected_in_order(void **state UNUSED)
{
    for (size_t i = 0; i < countof(selections); i++) {
        struct fixture *fixture = new_fixture();
        put_files(fixture, 5);
        put_row(fixture, "001", NULL);
        put_row(fixture, "003", NULL);
        fixture->selection.to = selections[i].to;
        fixture->selection.only = selections[i].only[0] ? selections[i].only : NULL;
        fixture->selection.order = selections[i].order;
        struct plan *plan = build_good(fixture);
        if (strcmp(versions_of(fixture, plan), selections[i].planned) != 0 ||
            plan->remaining != selections[i].remaining)
            fail_msg("%s: %s, remaining %zu", selections[i].what, versions_of(fixture, plan), plan->remaining);
        talloc_free(fixture);
    }
}

static void test_build_of_nothing_pending_is_an_empty_plan(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 1);
    put_row(fixture, "001", NULL);
    struct plan *plan = build_good(fixture);
    assert_int_equal(plan->count, 0);
    assert_int_equal(strlen(plan->fingerprint), 64);
    assert_memory_equal(plan->id, plan->fingerprint, 12);
    assert_int_equal(strlen(plan->id), 12);
}

static void test_build_refuses_versions_that_are_none(void **state)
{
    static const char *const words[] = {"009", "abc", "", "1x", "-1", " 1", "9999999999999999999"};
    struct fixture *fixture = *state;
    put_files(fixture, 2);
    for (size_t i = 0; i < countof(words); i++) {
        fixture->selection = (struct plan_selection){.to = words[i]};
        refused(fixture, ERROR_USAGE, NULL, "status");
        fixture->selection = (struct plan_selection){.only = LIST("001", words[i])};
        refused(fixture, ERROR_USAGE, NULL, "status");
    }
}

static void test_build_refuses_only_of_what_is_applied(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 2);
    put_row(fixture, "001", NULL);
    fixture->selection.only = LIST("002", "1");
    refused(fixture, ERROR_USAGE, NULL, "--only");
}

/* ---- refusals of states ---- */

static void test_build_refuses_out_of_order(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 3);
    put_row(fixture, "002", NULL);
    refused(fixture, ERROR_REFUSED, "migrations/001_x.sql", "--out-of-order");
    assert_int_equal(fixture->error->line, 1);
    fixture->selection.only = LIST("001");
    refused(fixture, ERROR_REFUSED, "migrations/001_x.sql", "--out-of-order");
}

static void test_build_lets_out_of_order_stand_that_is_not_selected(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 3);
    put_row(fixture, "002", NULL);
    fixture->selection.only = LIST("003");
    assert_string_equal(versions_of(fixture, build_good(fixture)), "003");
}

static void test_build_refuses_changed_whatever_is_selected(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 3);
    put_row(fixture, "001", SUM);
    refused(fixture, ERROR_REFUSED, "migrations/001_x.sql", "pgdeck mark 001 --accept");
    fixture->selection.only = LIST("003");
    refused(fixture, ERROR_REFUSED, "migrations/001_x.sql", "pgdeck mark 001 --accept");
}

static void test_build_refuses_missing_whatever_is_selected(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 1);
    put_row(fixture, "000", NULL);
    refused(fixture, ERROR_REFUSED, NULL, "pgdeck mark 000 --pending");
    fixture->selection.to = "001";
    refused(fixture, ERROR_REFUSED, NULL, "pgdeck mark 000 --pending");
}

static void test_build_refuses_a_ledger_that_is_never_written(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 1);
    fixture->ledger.problem = "it is a view";
    refused(fixture, ERROR_REFUSED, NULL, "ledger");
}

static void test_build_of_nothing_passes_where_the_ledger_is_never_written(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 1);
    put_row(fixture, "001", NULL);
    fixture->ledger.problem = "it holds one row";
    assert_int_equal(build_good(fixture)->count, 0);
}

static void test_build_says_whether_the_ledger_is_made(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, 1);
    assert_false(build_good(fixture)->creates_ledger);
    fixture->ledger.has_journal = false;
    assert_true(build_good(fixture)->creates_ledger);
    fixture->ledger = (struct ledger){.shape = LEDGER_ABSENT, .table = "x"};
    assert_true(build_good(fixture)->creates_ledger);
}

/* ---- timeouts ---- */

static void test_build_takes_timeouts_of_the_head_before_the_settings(void **state)
{
    struct fixture *fixture = *state;
    fixture->settings = load(fixture, LIST("lock_timeout=7s", "statement_timeout=8s"));
    put_files(fixture, 1);
    put_file(fixture, "002", "-- pgdeck: lock-timeout 1s\n-- pgdeck: statement-timeout 2min\nSELECT 1;\n");
    struct plan *plan = build_good(fixture);
    assert_int_equal(plan->steps[0].lock_timeout_ms, 7000);
    assert_int_equal(plan->steps[0].statement_timeout_ms, 8000);
    assert_int_equal(plan->steps[1].lock_timeout_ms, 1000);
    assert_int_equal(plan->steps[1].statement_timeout_ms, 120000);
}

/* ---- resume ---- */

static const struct {
    size_t done;
    enum next_step next;
    size_t first, statements;
} resumes[] = {
    /* STEPWISE has the steps 1, 2 (a block of three statements), 5, 6. */
    {0, NEXT_INTENDED, 0, 6},  {1, NEXT_NOT_BEGUN, 1, 5}, {1, NEXT_INTENDED, 1, 5},
    {2, NEXT_NOT_BEGUN, 4, 2}, {3, NEXT_INTENDED, 5, 1},  {4, NEXT_NOT_BEGUN, 6, 0},
};

static void test_build_resumes_behind_the_finished_steps(void **state UNUSED)
{
    for (size_t i = 0; i < countof(resumes); i++) {
        struct fixture *fixture = new_fixture();
        put_steps(fixture, put_file(fixture, "001", STEPWISE), resumes[i].done, resumes[i].next);
        struct plan *plan = build_good(fixture);
        assert_int_equal(plan->count, 1);
        assert_true(plan->steps[0].is_resume);
        assert_int_equal(plan->steps[0].first_statement, resumes[i].first);
        assert_int_equal(plan->statement_count, resumes[i].statements);
        talloc_free(fixture);
    }
}

static void test_build_resumes_below_the_highest_without_being_told(void **state)
{
    struct fixture *fixture = *state;
    put_steps(fixture, put_file(fixture, "001", STEPWISE), 1, NEXT_NOT_BEGUN);
    put_file(fixture, "002", "SELECT 1;\n");
    put_row(fixture, "002", NULL);
    assert_string_equal(versions_of(fixture, build_good(fixture)), "001");
}

static const struct {
    const char *what, *text; /* of the file now */
    bool is_resumed;
} mended[] = {
    {"untouched", STEPWISE, true},
    {"a later statement mended",
     "-- pgdeck: no-transaction\nSELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\nVACUUM t;\nSELECT 5;\n", true},
    {"comments and blanks", "-- pgdeck: no-transaction\n-- why\nSELECT 1;\n\nBEGIN; SELECT 2; COMMIT;\nSELECT 4;\n",
     true},
    {"a finished statement changed", "-- pgdeck: no-transaction\nSELECT 0;\nBEGIN;\nSELECT 2;\nCOMMIT;\nVACUUM;\n",
     false},
    {"inside the finished block", "-- pgdeck: no-transaction\nSELECT 1;\nBEGIN;\nSELECT 3;\nCOMMIT;\nVACUUM;\n", false},
    {"a statement put in front", "-- pgdeck: no-transaction\nSELECT 9;\nSELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\n",
     false},
    {"a finished one taken out", "-- pgdeck: no-transaction\nBEGIN;\nSELECT 2;\nCOMMIT;\nVACUUM;\n", false},
    {"cut short", "-- pgdeck: no-transaction\nSELECT 1;\n", false},
    {"made transactional", "SELECT 1;\nSELECT 2;\n", false},
};

static void test_build_resumes_only_where_the_finished_steps_stand_as_they_were(void **state UNUSED)
{
    for (size_t i = 0; i < countof(mended); i++) {
        struct fixture *fixture = new_fixture();
        struct migration_file *before = put_file(fixture, "001", STEPWISE);
        put_steps(fixture, before, 2, NEXT_NOT_BEGUN);
        fixture->directory.count = 0;
        put_file(fixture, "001", mended[i].text);
        if (mended[i].is_resumed && !build(fixture))
            fail_msg("%s: %s", mended[i].what, fixture->error->message);
        if (!mended[i].is_resumed)
            refused(fixture, ERROR_REFUSED, "migrations/001_x.sql", "pgdeck mark 001 --applied");
        talloc_free(fixture);
    }
}

static void test_build_refuses_an_incomplete_one_whose_file_is_gone(void **state)
{
    struct fixture *fixture = *state;
    put_steps(fixture, put_file(fixture, "001", STEPWISE), 1, NEXT_NOT_BEGUN);
    fixture->directory.count = 0;
    put_file(fixture, "002", "SELECT 1;\n");
    refused(fixture, ERROR_REFUSED, NULL, "pgdeck mark 001 --pending");
    fixture->selection.only = LIST("002");
    assert_string_equal(versions_of(fixture, build_good(fixture)), "002");
}

/* ---- fingerprint ---- */

static struct fixture *fingerprint_fixture(void)
{
    struct fixture *fixture = new_fixture();
    put_row(fixture, "001", SUM);
    put_file(fixture, "001", "SELECT 0;\n");
    fixture->rows[0].checksum = fixture->directory.files[0]->checksum;
    put_file(fixture, "002", "SELECT 1;\n");
    put_steps(fixture, put_file(fixture, "003", STEPWISE), 1, NEXT_NOT_BEGUN);
    return fixture;
}

static void replace_file(struct fixture *fixture, size_t index, const char *text)
{
    size_t count = fixture->directory.count;
    const char *version = fixture->directory.files[index]->version;
    put_file(fixture, version, text);
    fixture->directory.files[index] = fixture->directory.files[count];
    fixture->directory.count = count;
}

static void nothing(struct fixture *fixture UNUSED) {}
static void other_server(struct fixture *fixture) { fixture->target.system_identifier = "7000000000000000002"; }
static void other_timeline(struct fixture *fixture) { fixture->target.timeline = 2; }
static void other_database(struct fixture *fixture) { fixture->target.database = "shop2"; }
static void other_role(struct fixture *fixture) { fixture->target.role = "bob"; }
static void other_ledger(struct fixture *fixture) { fixture->ledger.table = "\"app\".\"schema_migrations\""; }
static void other_bytes(struct fixture *fixture) { replace_file(fixture, 1, "SELECT 2;\n"); }
static void a_comment(struct fixture *fixture) { replace_file(fixture, 1, "SELECT 1; -- why\n"); }
static void a_head(struct fixture *fixture)
{
    replace_file(fixture, 1, "-- pgdeck: allow rewrite because small\nSELECT 1;\n");
}
static void one_more_file(struct fixture *fixture) { put_file(fixture, "004", "SELECT 1;\n"); }
static void one_less_file(struct fixture *fixture) { fixture->directory.count = 2, fixture->step_count = 0; }
static void a_step_more(struct fixture *fixture)
{
    fixture->step_count = 0;
    put_steps(fixture, fixture->directory.files[2], 2, NEXT_NOT_BEGUN);
}
static void a_row_more(struct fixture *fixture)
{
    put_file(fixture, "000", "SELECT 1;\n");
    struct migration_file *last = fixture->directory.files[3];
    memmove(&fixture->directory.files[1], &fixture->directory.files[0], 3 * sizeof last);
    fixture->directory.files[0] = last;
    fixture->rows[1] = fixture->rows[0];
    fixture->rows[0] = (struct ledger_row){.version = "000", .number = 0};
    fixture->row_count = 2;
}
static void a_row_adopted(struct fixture *fixture) { fixture->rows[0].checksum = NULL; }
static void set_role(struct fixture *fixture) { fixture->settings = load(fixture, LIST("role=owner")); }
static void set_path(struct fixture *fixture) { fixture->settings = load(fixture, LIST("search_path=app")); }
static void set_lock_timeout(struct fixture *fixture) { fixture->settings = load(fixture, LIST("lock_timeout=6s")); }
static void set_statement_timeout(struct fixture *fixture)
{
    fixture->settings = load(fixture, LIST("statement_timeout=6s"));
}
static void set_idle_timeout(struct fixture *fixture) { fixture->settings = load(fixture, LIST("idle_timeout=61s")); }
static void select_one(struct fixture *fixture)
{
    static const char *const only[] = {"002", NULL};
    fixture->selection.only = only;
}
static void select_to(struct fixture *fixture) { fixture->selection.to = "002"; }
static void set_lock_wait(struct fixture *fixture)
{
    fixture->settings = load(fixture, LIST("lock_wait=9s", "color=never"));
}
static void select_all(struct fixture *fixture) { fixture->selection.to = "003"; }
static void any_order(struct fixture *fixture) { fixture->selection.order = ORDER_ANY; }
static void other_version(struct fixture *fixture) { fixture->target.server_version = 150001; }
static void other_times(struct fixture *fixture)
{
    fixture->rows[0].applied_at = "2026-11-24T00:00:00.000Z", fixture->rows[0].run = "x";
}

static const struct {
    const char *what;
    void (*change)(struct fixture *fixture);
    bool is_same;
} inputs[] = {
    {"nothing", nothing, true},
    {"system identifier", other_server, false},
    {"timeline", other_timeline, false},
    {"database", other_database, false},
    {"role that connects", other_role, false},
    {"ledger's table", other_ledger, false},
    {"bytes of a planned file", other_bytes, false},
    {"comment in a planned file", a_comment, false},
    {"hazard acknowledged", a_head, false},
    {"one more file", one_more_file, false},
    {"one file less", one_less_file, false},
    {"one more step done", a_step_more, false},
    {"one more ledger row", a_row_more, false},
    {"a ledger row without checksum", a_row_adopted, false},
    {"setting role", set_role, false},
    {"setting search_path", set_path, false},
    {"setting lock_timeout", set_lock_timeout, false},
    {"setting statement_timeout", set_statement_timeout, false},
    {"setting idle_timeout", set_idle_timeout, false},
    {"fewer by --only", select_one, false},
    {"fewer by --to", select_to, false},
    {"settings that do not run", set_lock_wait, true},
    {"--to of the last", select_all, true},
    {"--out-of-order without need", any_order, true},
    {"the server's minor version", other_version, true},
    {"times and runs in the ledger", other_times, true},
};

static void test_fingerprint_covers_each_input_and_nothing_else(void **state UNUSED)
{
    for (size_t i = 0; i < countof(inputs); i++) {
        struct fixture *one = fingerprint_fixture(), *other = fingerprint_fixture();
        inputs[i].change(other);
        const char *before = build_good(one)->fingerprint, *after = build_good(other)->fingerprint;
        if (!strcmp(before, after) != inputs[i].is_same)
            fail_msg("%s", inputs[i].what);
        talloc_free(one);
        talloc_free(other);
    }
}

/* ---- part of ---- */

static void take_first(struct fixture *fixture) { put_row(fixture, "002", fixture->directory.files[1]->checksum); }

static const struct {
    const char *what;
    void (*change)(struct fixture *fixture);
    bool is_part;
} parts[] = {
    {"the same", nothing, true},
    {"another run applied the first", take_first, true},
    {"fewer by --only", select_one, true},
    {"one file less", one_less_file, true},
    {"one more file", one_more_file, false},
    {"other bytes", other_bytes, false},
    {"one more step done", a_step_more, false},
    {"another database", other_database, false},
    {"another server", other_server, false},
    {"another timeline", other_timeline, false},
};

static void test_part_of_takes_a_rest_and_nothing_new(void **state UNUSED)
{
    for (size_t i = 0; i < countof(parts); i++) {
        struct fixture *one = fingerprint_fixture(), *other = fingerprint_fixture();
        parts[i].change(other);
        if (plan_is_part_of(build_good(other), build_good(one)) != parts[i].is_part)
            fail_msg("%s", parts[i].what);
        talloc_free(one);
        talloc_free(other);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_build_takes_what_is_selected_in_order),
        TEST(test_build_of_nothing_pending_is_an_empty_plan),
        TEST(test_build_refuses_versions_that_are_none),
        TEST(test_build_refuses_only_of_what_is_applied),
        TEST(test_build_refuses_out_of_order),
        TEST(test_build_lets_out_of_order_stand_that_is_not_selected),
        TEST(test_build_refuses_changed_whatever_is_selected),
        TEST(test_build_refuses_missing_whatever_is_selected),
        TEST(test_build_refuses_a_ledger_that_is_never_written),
        TEST(test_build_of_nothing_passes_where_the_ledger_is_never_written),
        TEST(test_build_says_whether_the_ledger_is_made),
        TEST(test_build_takes_timeouts_of_the_head_before_the_settings),
        cmocka_unit_test(test_build_resumes_behind_the_finished_steps),
        TEST(test_build_resumes_below_the_highest_without_being_told),
        cmocka_unit_test(test_build_resumes_only_where_the_finished_steps_stand_as_they_were),
        TEST(test_build_refuses_an_incomplete_one_whose_file_is_gone),
        cmocka_unit_test(test_fingerprint_covers_each_input_and_nothing_else),
        cmocka_unit_test(test_part_of_takes_a_rest_and_nothing_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
