/* The state of each migration from files, ledger rows and open steps: the pure half, no server. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/status.h"

#define SUM "0000000000000000000000000000000000000000000000000000000000000000"

struct fixture {
    struct directory directory;
    struct status *status;
    struct ledger ledger;
    struct error *error;
};

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->error = error_new(fixture);
    fixture->status = talloc_zero(fixture, struct status);
    fixture->ledger.shape = LEDGER_OWN;
    fixture->status->ledger = &fixture->ledger;
    *state = fixture;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

/* Files of these versions, in this order: that of the directory. */
static void put_files(struct fixture *fixture, const char *versions)
{
    char *copy = talloc_strdup(fixture, versions), *place = NULL;
    for (char *version = strtok_r(copy, " ", &place); version; version = strtok_r(NULL, " ", &place)) {
        char *name = talloc_asprintf(fixture, "%s_x.sql", version);
        struct directory *directory = &fixture->directory;
        directory->files =
            talloc_realloc(fixture, directory->files, struct migration_file *, (unsigned)directory->count + 1);
        directory->files[directory->count] = file_parse(fixture, talloc_asprintf(fixture, "migrations/%s", name), name,
                                                        "SELECT 1;\n", 10, fixture->error);
        assert_non_null(directory->files[directory->count++]);
    }
}

/* Rows as ledger_read has them: "7" applied with the file's bytes, "7!" with other bytes, "7?" without a checksum. */
static struct ledger_row *make_rows(struct fixture *fixture, const char *text, size_t *count)
{
    char *copy = talloc_strdup(fixture, text), *place = NULL;
    struct ledger_row *rows = talloc_array(fixture, struct ledger_row, 16);
    *count = 0;
    for (char *word = strtok_r(copy, " ", &place); word; word = strtok_r(NULL, " ", &place)) {
        char mark = word[strlen(word) - 1];
        if (mark == '!' || mark == '?')
            word[strlen(word) - 1] = '\0';
        char *end;
        struct ledger_row row = {.version = word, .number = strtoll(word, &end, 10), .duration_ms = INTEGER_NULL};
        if (*end)
            row.number = -1;
        row.checksum = mark == '?' ? NULL : SUM;
        for (size_t i = 0; mark != '!' && mark != '?' && i < fixture->directory.count; i++)
            if (fixture->directory.files[i]->number == row.number)
                row.checksum = fixture->directory.files[i]->checksum;
        rows[(*count)++] = row;
    }
    return rows;
}

/* "7/1 7/2~": steps 1 and 2 of version 7; ~ was only intended. */
static struct journal_step *make_steps(struct fixture *fixture, const char *text, size_t *count)
{
    char *copy = talloc_strdup(fixture, text), *place = NULL;
    struct journal_step *steps = talloc_zero_array(fixture, struct journal_step, 16);
    *count = 0;
    for (char *word = strtok_r(copy, " ", &place); word; word = strtok_r(NULL, " ", &place)) {
        char *slash = strchr(word, '/');
        *slash = '\0';
        steps[(*count)++] = (struct journal_step){
            .version = word, .step = strtol(slash + 1, NULL, 10), .is_done = !strchr(slash + 1, '~')};
    }
    return steps;
}

static char *describe(struct fixture *fixture)
{
    static const char letters[] = {[MIGRATION_APPLIED] = 'a', [MIGRATION_PENDING] = 'p', [MIGRATION_OUT_OF_ORDER] = 'o',
                                   [MIGRATION_CHANGED] = 'c', [MIGRATION_MISSING] = 'm', [MIGRATION_INCOMPLETE] = 'i'};
    char *text = talloc_strdup(fixture, "");
    for (size_t i = 0; i < fixture->status->count; i++) {
        const struct migration *migration = &fixture->status->migrations[i];
        text = talloc_asprintf_append(text, "%s%s%c", i > 0 ? " " : "", migration->version, letters[migration->state]);
    }
    return text;
}

static void combine(struct fixture *fixture, const char *rows, const char *steps)
{
    size_t row_count, step_count;
    struct ledger_row *row_array = make_rows(fixture, rows, &row_count);
    struct journal_step *step_array = make_steps(fixture, steps, &step_count);
    status_combine(fixture->status, &fixture->directory, row_array, row_count, step_array, step_count);
}

struct state_case {
    const char *what, *files, *rows, *steps;
    const char *states; /* version and first letter of the state */
};

static const struct state_case cases[] = {
    {"nothing at all", "", "", "", ""},
    {"no ledger", "001 002", "", "", "001p 002p"},
    {"all applied", "001 002", "001 002", "", "001a 002a"},
    {"the next is pending", "001 002 003", "001 002", "", "001a 002a 003p"},
    {"a gap below the highest", "001 002 003", "001 003", "", "001a 002o 003a"},
    {"several gaps", "001 002 003 004 005", "003", "", "001o 002o 003a 004p 005p"},
    {"other bytes", "001 002", "001! 002", "", "001c 002a"},
    {"no checksum is never changed", "001", "001?", "", "001a"},
    {"no file", "001 003", "001 002 003", "", "001a 002m 003a"},
    {"no file at all", "", "001 002", "", "001m 002m"},
    {"a missing one above makes the rest out of order", "001 002", "9", "", "001o 002o 9m"},
    {"the file's spelling wins", "007", "7", "", "007a"},
    {"spelled with more zeros in the ledger", "7", "00007", "", "7a"},
    {"other spelling, other bytes", "007", "7!", "", "007c"},
    {"one version twice in the ledger", "007", "007 7", "", "007a 7m"},
    {"no integer", "001 002", "001 abc", "", "001a 002p abcm"},
    {"only what is no integer", "001", "abc xyz", "", "001p abcm xyzm"},
    {"version 0", "0 1", "0", "", "0a 1p"},
    {"timestamps beside counters", "001 20260101120000", "20260101120000", "", "001o 20260101120000a"},
    {"the largest version", "999999999999999999", "999999999999999999", "", "999999999999999999a"},
    {"a step that is done", "001 002", "001", "002/1", "001a 002i"},
    {"a step that was only intended", "001", "", "001/1~", "001i"},
    {"a step of what is applied", "001", "001", "001/1", "001a"},
    {"an incomplete one below the highest stays incomplete", "001 002", "002", "001/1", "001i 002a"},
    {"incomplete without a file", "001 003", "001", "002/1 002/2~", "001a 002i 003p"},
    {"incomplete, spelled otherwise", "007", "", "7/1", "007i"},
    {"two incomplete", "001 002 003", "", "001/1 001/2 003/1", "001i 002p 003i"},
    {"incomplete without a file does not raise the highest", "001", "", "9/1", "001p 9i"},
};

static void test_combine_gives_each_version_its_state(void **state UNUSED)
{
    for (size_t i = 0; i < countof(cases); i++) {
        void *one;
        set_up(&one);
        struct fixture *fixture = one;
        put_files(fixture, cases[i].files);
        combine(fixture, cases[i].rows, cases[i].steps);
        char *found = describe(fixture);
        if (strcmp(found, cases[i].states) != 0)
            fail_msg("%s: %s, not %s", cases[i].what, found, cases[i].states);
        tear_down(&one);
    }
}

static void test_combine_counts_each_state(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, "001 002 003 005 006 007");
    combine(fixture, "001 002! 004 005", "006/1");
    assert_string_equal(describe(fixture), "001a 002c 003o 004m 005a 006i 007p");
    size_t sum = 0;
    for (int i = 0; i < MIGRATION_STATE_COUNT; i++)
        sum += fixture->status->counts[i];
    assert_int_equal(sum, 7);
    assert_int_equal(fixture->status->counts[MIGRATION_APPLIED], 2);
    assert_int_equal(fixture->status->counts[MIGRATION_INCOMPLETE], 1);
    assert_int_equal(fixture->status->highest_applied, 5);
}

static void test_combine_again_starts_anew(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, "001 002");
    combine(fixture, "001 002", "");
    combine(fixture, "", "");
    assert_string_equal(describe(fixture), "001p 002p");
    assert_int_equal(fixture->status->counts[MIGRATION_APPLIED], 0);
    assert_int_equal(fixture->status->highest_applied, -1);
}

static void test_combine_hands_on_the_steps_of_an_incomplete_one(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, "001 002");
    combine(fixture, "", "001/1 002/1 002/3~");
    const struct migration *migration = status_find(fixture->status, 2);
    assert_int_equal(migration->step_count, 2);
    assert_int_equal(migration->steps[1].step, 3);
    assert_false(migration->steps[1].is_done);
    assert_int_equal(status_find(fixture->status, 1)->step_count, 1);
}

static void test_combine_takes_the_description_of_the_ledger_where_there_is_no_file(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_row row = {.version = "9", .number = 9, .description = "gone"};
    status_combine(fixture->status, &fixture->directory, &row, 1, NULL, 0);
    assert_string_equal(fixture->status->migrations[0].description, "gone");
    assert_null(fixture->status->migrations[0].file);
    assert_ptr_equal(fixture->status->migrations[0].row, &row);
}

static const struct state_case single_row_cases[] = {
    {"all below its row are applied", "1 2 3 4", "3?", "", "1a 2a 3a 4p"},
    {"the row without a file", "1 2 4", "3?", "", "1a 2a 3m 4p"},
    {"no row", "1 2", "", "", "1p 2p"},
    {"spelled as an integer", "000001 000002", "1?", "", "000001a 000002p"},
};

static void test_combine_spreads_a_single_row_over_all_below(void **state UNUSED)
{
    for (size_t i = 0; i < countof(single_row_cases); i++) {
        void *one;
        set_up(&one);
        struct fixture *fixture = one;
        fixture->ledger.shape = LEDGER_SINGLE_ROW;
        put_files(fixture, single_row_cases[i].files);
        combine(fixture, single_row_cases[i].rows, "");
        char *found = describe(fixture);
        if (strcmp(found, single_row_cases[i].states) != 0)
            fail_msg("%s: %s, not %s", single_row_cases[i].what, found, single_row_cases[i].states);
        tear_down(&one);
    }
}

static void test_find_compares_as_integers(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, "007");
    combine(fixture, "", "");
    assert_string_equal(status_find(fixture->status, 7)->version, "007");
    assert_null(status_find(fixture->status, 8));
}

static void test_state_names_are_the_keys_of_the_document(void **state UNUSED)
{
    static const char *const names[] = {"applied", "pending", "out_of_order", "changed", "missing", "incomplete"};
    for (int i = 0; i < MIGRATION_STATE_COUNT; i++)
        assert_string_equal(migration_state_name((enum migration_state)i), names[i]);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_combine_gives_each_version_its_state),
        TEST(test_combine_counts_each_state),
        TEST(test_combine_again_starts_anew),
        TEST(test_combine_hands_on_the_steps_of_an_incomplete_one),
        TEST(test_combine_takes_the_description_of_the_ledger_where_there_is_no_file),
        TEST(test_combine_spreads_a_single_row_over_all_below),
        TEST(test_find_compares_as_integers),
        TEST(test_state_names_are_the_keys_of_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
