/* The next migration file and its entry: names, what the file holds, and that a failure leaves nothing behind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "migrate/documentation.h"
#include "migrate/scaffold.h"
#include "store/disk.h"
#include "tests/lib/server.h"

#define WALL_US 1790000000000000 /* 2026-09-21 UTC */

struct fixture {
    struct error *error;
    char *project;
    struct settings *settings;
};

static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    static const char *const environment[] = {NULL};
    fixture->error = error_new(fixture);
    fixture->project = test_directory(fixture);
    struct settings_input input = {.directory = fixture->project, .environment = environment};
    fixture->settings = settings_load(fixture, &input, fixture->error);
    *state = fixture;
    return fixture->settings ? 0 : -1;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct scaffold_result *make(struct fixture *fixture, const char *description)
{
    struct scaffold_result *result = scaffold_new(fixture, fixture->settings, description, WALL_US, fixture->error);
    if (!result)
        fail_msg("%s: %s", description, fixture->error->message);
    return result;
}

static char *path_of(struct fixture *fixture, const char *name)
{
    return talloc_asprintf(fixture, "%s/%s", fixture->project, name);
}

static const struct {
    const char *description, *name;
} names[] = {
    {"add index on orders", "add_index_on_orders"},
    {"add_index_on_orders", "add_index_on_orders"},
    {"Add Index", "add_index"},
    {"  a -- b  ", "a_b"},
    {"../../etc/passwd", "etc_passwd"},
    {"x.sql", "x_sql"},
    {"größe ändern", "gr_e_ndern"},
    {"2nd try", "2nd_try"},
    {"pgdeck: no-transaction", "pgdeck_no_transaction"},
    {"pgdeck tables", "pgdeck_tables"},
    {"two\nlines; DROP TABLE t", "two_lines_drop_table_t"},
    {"bytes \xff\xfe here", "bytes_here"},
    {"bidi \xE2\x80\xAE override", "bidi_override"},
};

/* Whatever was said, the file is one that pgdeck takes, transactional and empty. */
static void test_new_makes_a_file_in_the_house_style(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(names); i++) {
        struct scaffold_result *result = make(fixture, names[i].description);
        assert_string_equal(result->file, talloc_asprintf(fixture, "migrations/%03zu_%s.sql", i + 1, names[i].name));
        struct directory *directory = directory_read(fixture, fixture->settings, fixture->error);
        if (!directory)
            fail_msg("%s: %s", names[i].description, fixture->error->message);
        assert_int_equal(directory->count, i + 1);
        assert_int_equal(directory->finding_count, 0);
        struct migration_file *file = directory->files[i];
        assert_string_equal(file->version, result->version);
        assert_true(file->is_transactional);
        assert_int_equal(file->statements.count, 0);
    }
}

static void test_new_says_the_description_in_the_file(void **state)
{
    struct fixture *fixture = *state;
    make(fixture, "Größe ändern");
    char *bytes;
    size_t size_bytes;
    assert_true(disk_read(fixture, AT_FDCWD, path_of(fixture, "migrations/001_gr_e_ndern.sql"), "x", 4096, &bytes,
                          &size_bytes, fixture->error));
    assert_non_null(strstr(bytes, "Größe ändern"));
}

static void test_new_adds_the_entry_of_its_version(void **state)
{
    struct fixture *fixture = *state;
    make(fixture, "first");
    struct scaffold_result *result = make(fixture, "second");
    assert_string_equal(result->documentation, "docs/DATABASE_MIGRATIONS.md");
    struct documentation *documentation = documentation_read(fixture, fixture->settings, fixture->error);
    assert_non_null(documentation);
    assert_int_equal(documentation->count, 2);
    assert_string_equal(documentation_find(documentation, 2)->title, "002_second");
    assert_non_null(strstr(documentation_find(documentation, 2)->body, "**Safety.**"));
}

static const struct {
    const char *highest, *version;
} versions[] = {
    {"7_x.sql", "008"},
    {"0099_x.sql", "0100"},
    {"999_x.sql", "1000"},
    {"20260101120000_x.sql", "20260921134000"},
};

static void test_new_takes_the_next_version(void **state UNUSED)
{
    for (size_t i = 0; i < countof(versions); i++) {
        void *one;
        set_up(&one);
        struct fixture *fixture = one;
        test_write(fixture->project, talloc_asprintf(fixture, "migrations/%s", versions[i].highest), "SELECT 1;\n");
        const char *version = make(fixture, "next")->version;
        if (i + 1 < countof(versions))
            assert_string_equal(version, versions[i].version);
        else
            assert_memory_equal(version, versions[i].version, 8); /* the day; the time is WALL_US's */
        tear_down(&one);
    }
}

static const char *const refused[] = {"", "   ", "---", "ß", "\xff"};

static void test_new_refuses_a_description_without_a_usable_character(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(refused); i++) {
        assert_null(scaffold_new(fixture, fixture->settings, refused[i], WALL_US, fixture->error));
        assert_int_equal(fixture->error->code, ERROR_USAGE);
        assert_non_null(fixture->error->hint);
    }
    assert_int_not_equal(access(path_of(fixture, "migrations"), F_OK), 0);
}

static void test_new_refuses_a_description_that_is_too_long(void **state)
{
    struct fixture *fixture = *state;
    char longest[101], longer[102];
    memset(longest, 'a', sizeof longest - 1);
    memset(longer, 'a', sizeof longer - 1);
    longest[100] = longer[101] = '\0';
    assert_null(scaffold_new(fixture, fixture->settings, longer, WALL_US, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_USAGE);
    error_clear(fixture->error);
    make(fixture, longest);
}

static void test_new_leaves_no_file_where_the_entry_cannot_be_written(void **state)
{
    struct fixture *fixture = *state;
    test_write(fixture->project, "docs/DATABASE_MIGRATIONS.md/x", "");
    assert_null(scaffold_new(fixture, fixture->settings, "first", WALL_US, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_FILE);
    assert_int_not_equal(access(path_of(fixture, "migrations/001_first.sql"), F_OK), 0);
}

static void test_new_refuses_where_a_file_is_wrong(void **state)
{
    struct fixture *fixture = *state;
    test_write(fixture->project, "migrations/broken.sql", "");
    assert_null(scaffold_new(fixture, fixture->settings, "first", WALL_US, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_PROJECT);
    assert_int_not_equal(access(path_of(fixture, "docs"), F_OK), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_new_makes_a_file_in_the_house_style),
        TEST(test_new_says_the_description_in_the_file),
        TEST(test_new_adds_the_entry_of_its_version),
        TEST(test_new_takes_the_next_version),
        TEST(test_new_refuses_a_description_without_a_usable_character),
        TEST(test_new_refuses_a_description_that_is_too_long),
        TEST(test_new_leaves_no_file_where_the_entry_cannot_be_written),
        TEST(test_new_refuses_where_a_file_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
