/* The folder of migrations: what is taken, left out, refused and found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate/directory.h"
#include "store/clock.h"
#include "tests/lib/server.h"

struct fixture {
    struct error *error;
    char *project;
    struct settings *settings;
};

static struct settings *load(struct fixture *fixture, const char *option)
{
    static const char *const environment[] = {NULL};
    const char *const options[] = {option, NULL};
    struct settings_input input = {
        .directory = fixture->project, .environment = environment, .options = option ? options : NULL};
    struct settings *settings = settings_load(fixture, &input, fixture->error);
    if (!settings)
        fail_msg("%s", fixture->error->message);
    return settings;
}

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->error = error_new(fixture);
    fixture->project = test_directory(fixture);
    fixture->settings = load(fixture, NULL);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    talloc_free(*state);
    return 0;
}

static void put(struct fixture *fixture, const char *name, const char *text)
{
    test_write(fixture->project, talloc_asprintf(fixture, "migrations/%s", name), text);
}

static struct directory *read_good(struct fixture *fixture)
{
    struct directory *directory = directory_read(fixture, fixture->settings, fixture->error);
    if (!directory)
        fail_msg("%s", fixture->error->message);
    return directory;
}

static void test_read_of_an_absent_folder_is_empty(void **state)
{
    struct fixture *fixture = *state;
    struct directory *directory = read_good(fixture);
    assert_false(directory->exists);
    assert_int_equal(directory->count, 0);
    assert_string_equal(directory->shown, "migrations");
    assert_string_equal(directory->path, talloc_asprintf(fixture, "%s/migrations", fixture->project));
    assert_string_equal(directory_next_version(fixture, directory, 0), "001");
}

static void test_read_refuses_a_folder_that_is_none(void **state)
{
    struct fixture *fixture = *state;
    test_write(fixture->project, "migrations", "");
    assert_null(directory_read(fixture, fixture->settings, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_FILE);
    assert_string_equal(fixture->error->file, "migrations");
    unlink(talloc_asprintf(fixture, "%s/migrations", fixture->project));
    assert_int_equal(symlink("nowhere", talloc_asprintf(fixture, "%s/migrations", fixture->project)), 0);
    error_clear(fixture->error);
    assert_null(directory_read(fixture, fixture->settings, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_FILE);
}

static void test_read_orders_by_version(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"10_j.sql", "2_b.sql", "1_a.sql", "9_i.up.sql", "100_z.sql"};
    static const int64_t numbers[] = {1, 2, 9, 10, 100};
    for (size_t i = 0; i < countof(names); i++)
        put(fixture, names[i], "select 1;");
    struct directory *directory = read_good(fixture);
    assert_true(directory->exists);
    assert_int_equal(directory->count, countof(numbers));
    for (size_t i = 0; i < countof(numbers); i++)
        assert_true(directory->files[i]->number == numbers[i]);
    assert_string_equal(directory->files[2]->path, "migrations/9_i.up.sql");
}

static void test_read_leaves_out_what_is_no_migration(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"README.md",     ".hidden.sql",    ".#002_x.sql",
                                        "002_x.sql~",    "#002_x.sql#",    "002_x.sql.swp",
                                        "old/001_a.sql", "001_a.down.sql", "bad name.down.sql"};
    for (size_t i = 0; i < countof(names); i++)
        put(fixture, names[i], "\xff");
    put(fixture, "001_a.up.sql", "select 1;");
    struct directory *directory = read_good(fixture);
    assert_int_equal(directory->count, 1);
    assert_int_equal(directory->down_count, 2);
    assert_int_equal(directory->finding_count, 0);
}

static void test_read_refuses_bad_names(void **state)
{
    static const char *const names[] = {
        "a.sql", "001.sql", "001_a.SQL", "001_a b.sql", "1234567890123456789_a.sql", "001_a.Down.sql"};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(names); i++) {
        put(fixture, names[i], "select 1;");
        error_clear(fixture->error);
        assert_null(directory_read(fixture, fixture->settings, fixture->error));
        assert_int_equal(fixture->error->code, ERROR_PROJECT);
        assert_string_equal(fixture->error->file, talloc_asprintf(fixture, "migrations/%s", names[i]));
        assert_non_null(fixture->error->hint);
        unlink(talloc_asprintf(fixture, "%s/migrations/%s", fixture->project, names[i]));
    }
}

static void test_read_refuses_two_files_of_one_version_by_name(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "001_a.sql", "select 1;");
    put(fixture, "1_b.sql", "select 1;");
    assert_null(directory_read(fixture, fixture->settings, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_PROJECT);
    assert_non_null(strstr(fixture->error->message, "\"001_a.sql\""));
    assert_non_null(strstr(fixture->error->message, "\"1_b.sql\""));
}

static void test_read_reports_the_first_in_the_order_of_names(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "003_c.sql", "commit;");
    put(fixture, "002_b.sql", "select 1;\n'");
    put(fixture, "z.sql", "");
    put(fixture, "001_a.sql", "select 1;");
    assert_null(directory_read(fixture, fixture->settings, fixture->error));
    assert_string_equal(fixture->error->file, "migrations/002_b.sql");
    assert_int_equal(fixture->error->line, 2);
}

static void test_survey_keeps_every_error_and_every_good_file(void **state)
{
    struct fixture *fixture = *state;
    struct directory_errors errors;
    put(fixture, "001_a.sql", "select 1;");
    put(fixture, "002_b.sql", "'");
    put(fixture, "003_c.sql", "select 1;");
    put(fixture, "3_d.sql", "select 1;");
    put(fixture, "z.sql", "");
    struct directory *directory = directory_survey(fixture, fixture->settings, &errors);
    static const char *const files[] = {"migrations/002_b.sql", "migrations/3_d.sql", "migrations/z.sql"};
    assert_int_equal(errors.count, countof(files));
    for (size_t i = 0; i < countof(files); i++)
        assert_string_equal(errors.items[i]->file, files[i]);
    assert_int_equal(directory->count, 2);
    assert_non_null(directory_find(directory, 3));
}

static void test_find_is_by_number(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "001_a.sql", "");
    put(fixture, "003_c.sql", "");
    struct directory *directory = read_good(fixture);
    assert_string_equal(directory_find(directory, 3)->name, "003_c.sql");
    assert_null(directory_find(directory, 2));
    assert_null(directory_find(directory, 4));
}

static void test_read_finds_gaps_widths_and_house_style(void **state)
{
    struct fixture *fixture = *state;
    static const char *const names[] = {"003_a.sql", "004_Bad-Name.sql", "006_c.sql",
                                        "10_d.sql",  "20260101_e.sql",   "20260105_f.sql"};
    static const struct {
        const char *file, *part;
    } expected[] = {
        {"migrations/004_Bad-Name.sql", "\"Bad-Name\" is not in the house style"},
        {"migrations/006_c.sql", "no file has version 005"},
        {"migrations/10_d.sql", "from 007 to 009"},
        {"migrations/10_d.sql", "version 10 is not as wide as 003"},
    };
    for (size_t i = 0; i < countof(names); i++)
        put(fixture, names[i], "");
    struct directory *directory = read_good(fixture);
    assert_int_equal(directory->finding_count, countof(expected));
    for (size_t i = 0; i < countof(expected); i++) {
        assert_string_equal(directory->findings[i].file, expected[i].file);
        assert_non_null(strstr(directory->findings[i].message, expected[i].part));
        assert_non_null(directory->findings[i].hint);
    }
}

static void test_read_finds_nothing_where_counters_grow_wider_by_themselves(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 8; i <= 11; i++)
        put(fixture, talloc_asprintf(fixture, "%d_a.sql", i), "");
    assert_int_equal(read_good(fixture)->finding_count, 0);
}

static void test_timestamps_are_told_from_counters(void **state UNUSED)
{
    static const struct {
        int64_t number;
        bool is;
    } cases[] = {
        {0, false},           {999, false},           {9999999, false},
        {20260316, true},     {20261316, false},      {99999999, false},
        {202603161200, true}, {20260316120000, true}, {20260316120000123, true},
        {1700000000, true},   {1700000000000, true},  {100000000, false},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_int_equal(directory_is_timestamp(cases[i].number), cases[i].is);
}

static void test_next_version_follows_the_highest(void **state)
{
    static const struct {
        const char *name, *next;
    } cases[] = {
        {"014_a.sql", "015"},
        {"9_a.sql", "010"},
        {"00012_a.sql", "00013"},
        {"999_a.sql", "1000"},
        {"20260101_a.sql", "20261124023000"},
        {"20260101000000_a.sql", "20261124023000"},
        {"20260101000000999_a.sql", "20261124023000123"},
        {"20991231000000_a.sql", "20991231000001"},
        {"1700000000_a.sql", "20261124023000"},
    };
    struct fixture *fixture = *state;
    const int64_t wall_us = INT64_C(1795487400123456); /* 2026-11-24 02:30:00.123456 UTC */
    for (size_t i = 0; i < countof(cases); i++) {
        put(fixture, cases[i].name, "");
        assert_string_equal(directory_next_version(fixture, read_good(fixture), wall_us), cases[i].next);
        unlink(talloc_asprintf(fixture, "%s/migrations/%s", fixture->project, cases[i].name));
    }
}

static void test_read_shows_a_folder_elsewhere_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    char *elsewhere = test_directory(fixture);
    test_write(elsewhere, "001_a.sql", "");
    fixture->settings = load(fixture, talloc_asprintf(fixture, "migrations=%s/", elsewhere));
    struct directory *directory = read_good(fixture);
    assert_string_equal(directory->shown, elsewhere);
    assert_string_equal(directory->files[0]->path, talloc_asprintf(fixture, "%s/001_a.sql", elsewhere));
}

static void test_read_obeys_the_size_limit(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "001_a.sql", talloc_asprintf(fixture, "-- %01100d", 0));
    fixture->settings = load(fixture, "file_size=1024");
    assert_null(directory_read(fixture, fixture->settings, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_FILE);
}

/* A status of 1000 migrations has 24 ms in all; this bound only catches what is an order of magnitude off. */
static void test_read_of_a_thousand_files_is_quick(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 1; i <= 1000; i++)
        put(fixture, talloc_asprintf(fixture, "%04d_a.sql", i),
            "-- A table and its index.\nCREATE TABLE IF NOT EXISTS t (a bigint PRIMARY KEY, b text NOT NULL);\n"
            "CREATE INDEX IF NOT EXISTS i ON t (b);\nCOMMENT ON TABLE t IS 'what it''s for';\n");
    int64_t start = clock_monotonic_ms();
    assert_int_equal(read_good(fixture)->count, 1000);
    assert_true(clock_monotonic_ms() - start < 1000);
}

static void test_failed_read_leaves_no_memory_behind(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "001_a.sql", "select 1;");
    put(fixture, "002_a.sql", "'");
    size_t before = talloc_total_blocks(fixture);
    assert_null(directory_read(fixture, fixture->settings, fixture->error));
    error_clear(fixture->error);
    assert_int_equal(talloc_total_blocks(fixture), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read_of_an_absent_folder_is_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_refuses_a_folder_that_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_orders_by_version, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_leaves_out_what_is_no_migration, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_refuses_bad_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_refuses_two_files_of_one_version_by_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_reports_the_first_in_the_order_of_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_survey_keeps_every_error_and_every_good_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_find_is_by_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_finds_gaps_widths_and_house_style, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_finds_nothing_where_counters_grow_wider_by_themselves, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_timestamps_are_told_from_counters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_next_version_follows_the_highest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_shows_a_folder_elsewhere_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_obeys_the_size_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_of_a_thousand_files_is_quick, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failed_read_leaves_no_memory_behind, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
