/* The steps of a file that runs outside a transaction: kinds, numbers, blocks, hashes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "migrate/step.h"

static struct migration_file *parse(TALLOC_CTX *owner, const char *text)
{
    struct error *error = error_new(owner);
    char *whole = talloc_asprintf(owner, "-- pgdeck: no-transaction\n%s", text);
    struct migration_file *file = file_parse(owner, "migrations/001_x.sql", "001_x.sql", whole, strlen(whole), error);
    if (!file)
        fail_msg("%s", error->message);
    return file;
}

/* "S1:1 B2:2 A6:1": kind, number, how many statements run. */
static char *describe(TALLOC_CTX *owner, const struct step *steps, size_t count)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append(text, "%s%c%d:%zu", i > 0 ? " " : "", "SBA"[steps[i].kind], steps[i].number,
                                      steps[i].count);
    return text;
}

static const struct {
    const char *text, *steps;
} cases[] = {
    {"", ""},
    {"SELECT 1;", "S1:1"},
    {"SELECT 1; SELECT 2", "S1:1 S2:1"},
    {"CREATE INDEX CONCURRENTLY i ON t (a);", "A1:1"},
    {"DROP INDEX CONCURRENTLY i;", "A1:1"},
    {"REINDEX INDEX CONCURRENTLY i;", "A1:1"},
    {"VACUUM t; SELECT 1", "A1:1 S2:1"},
    {"CREATE DATABASE x;", "A1:1"},
    {"BEGIN; SELECT 1; SELECT 2; COMMIT;", "B1:2"},
    {"BEGIN; COMMIT;", "B1:0"},
    {"START TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 1; END;", "B1:1"},
    {"SELECT 0; BEGIN; SELECT 1; COMMIT; CREATE INDEX CONCURRENTLY i ON t (a); BEGIN; SELECT 2; COMMIT; SET x.y = '1'",
     "S1:1 B2:1 A5:1 B6:1 S9:1"},
    {"REFRESH MATERIALIZED VIEW CONCURRENTLY m;", "S1:1"},
    {"COPY t FROM stdin;\n1\n\\.\nSELECT 1;", "S1:1 S2:1"},
};

static void test_list_cuts_a_file_into_steps(void **state UNUSED)
{
    for (size_t i = 0; i < countof(cases); i++) {
        TALLOC_CTX *memory = talloc_new(NULL);
        size_t count;
        struct step *steps = step_list(memory, parse(memory, cases[i].text), &count);
        char *found = describe(memory, steps, count);
        if (strcmp(found, cases[i].steps) != 0)
            fail_msg("%s\n  %s, not %s", cases[i].text, found, cases[i].steps);
        talloc_free(memory);
    }
}

static void test_list_points_at_what_runs(void **state UNUSED)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t count;
    struct migration_file *file =
        parse(memory, "SELECT 0; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; SELECT 2; COMMIT; VACUUM;");
    struct step *steps = step_list(memory, file, &count);
    assert_int_equal(count, 3);
    assert_int_equal(steps[0].first, 0);
    assert_null(steps[0].begin);
    assert_int_equal(steps[1].first, 2);
    assert_string_equal(talloc_strndup(memory, steps[1].begin, steps[1].begin_size_bytes),
                        "BEGIN ISOLATION LEVEL SERIALIZABLE");
    assert_int_equal(steps[2].first, 5);
    talloc_free(memory);
}

/* The hash of the step at `place` of a text. */
static const char *hash_of(TALLOC_CTX *owner, const char *text, size_t place)
{
    size_t count;
    struct step *steps = step_list(owner, parse(owner, text), &count);
    assert_true(place < count);
    assert_int_equal(strlen(steps[place].hash), 64);
    return steps[place].hash;
}

static const struct {
    const char *one, *other;
    bool is_same;
} hash_cases[] = {
    {"SELECT 1;", "-- why\nSELECT 1 ;", true},
    {"SELECT 1;", "SELECT 2;", false},
    {"BEGIN; SELECT 1; COMMIT;", "BEGIN; SELECT 1; COMMIT;", true},
    {"BEGIN; SELECT 1; COMMIT;", "BEGIN;\n-- why\nSELECT 1;\n\nCOMMIT", true},
    {"BEGIN; SELECT 1; COMMIT;", "BEGIN; SELECT 2; COMMIT;", false},
    {"BEGIN; SELECT 1; COMMIT;", "BEGIN; SELECT 1; SELECT 1; COMMIT;", false},
    {"BEGIN; SELECT 1; COMMIT;", "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;", false},
    {"BEGIN; SELECT 1; SELECT 2; COMMIT;", "BEGIN; SELECT 2; SELECT 1; COMMIT;", false},
    {"COPY t FROM stdin;\n1\n\\.\n", "COPY t FROM stdin;\n2\n\\.\n", false},
};

static void test_hash_changes_with_what_runs_and_nothing_else(void **state UNUSED)
{
    for (size_t i = 0; i < countof(hash_cases); i++) {
        TALLOC_CTX *memory = talloc_new(NULL);
        bool is_same = !strcmp(hash_of(memory, hash_cases[i].one, 0), hash_of(memory, hash_cases[i].other, 0));
        if (is_same != hash_cases[i].is_same)
            fail_msg("%s | %s", hash_cases[i].one, hash_cases[i].other);
        talloc_free(memory);
    }
}

static void test_hash_does_not_depend_on_the_place(void **state UNUSED)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    assert_string_equal(hash_of(memory, "SELECT 1; SELECT 2;", 1), hash_of(memory, "SELECT 2;", 0));
    talloc_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_cuts_a_file_into_steps),
        cmocka_unit_test(test_list_points_at_what_runs),
        cmocka_unit_test(test_hash_changes_with_what_runs_and_nothing_else),
        cmocka_unit_test(test_hash_does_not_depend_on_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
