/* The entries of docs/DATABASE_MIGRATIONS.md: found, and one more appended without touching the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate/documentation.h"
#include "store/disk.h"
#include "tests/lib/server.h"

#define FILE_NAME "docs/DATABASE_MIGRATIONS.md"

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

static struct documentation *read_good(struct fixture *fixture)
{
    struct documentation *documentation = documentation_read(fixture, fixture->settings, fixture->error);
    if (!documentation)
        fail_msg("%s", fixture->error->message);
    return documentation;
}

static const char *file_text(struct fixture *fixture)
{
    char *path = talloc_asprintf(fixture, "%s/%s", fixture->project, FILE_NAME), *bytes;
    size_t size_bytes;
    if (!disk_read(fixture, AT_FDCWD, path, FILE_NAME, 1 << 20, &bytes, &size_bytes, fixture->error))
        fail_msg("%s", fixture->error->message);
    return bytes;
}

static void append(struct fixture *fixture, const char *title, const char *body)
{
    if (!documentation_append(fixture->settings, title, body, fixture->error))
        fail_msg("%s", fixture->error->message);
}

static void test_read_of_an_absent_file_has_no_entries(void **state)
{
    struct documentation *documentation = read_good(*state);
    assert_false(documentation->exists);
    assert_int_equal(documentation->count, 0);
    assert_string_equal(documentation->shown, FILE_NAME);
    assert_null(documentation_find(documentation, 1));
}

static void test_read_finds_entries_with_body_and_line(void **state)
{
    struct fixture *fixture = *state;
    test_write(
        fixture->project, FILE_NAME,
        "# Migrations\n\n## 001_make\n\n**Intent.** One.\n### Detail\nmore\n## 002 Add an index\nTwo.\n# End\nrest\n");
    struct documentation *documentation = read_good(fixture);
    assert_true(documentation->exists);
    assert_int_equal(documentation->count, 2);
    const struct documentation_entry *entry = documentation_find(documentation, 1);
    assert_string_equal(entry->title, "001_make");
    assert_string_equal(entry->body, "\n**Intent.** One.\n### Detail\nmore\n");
    assert_int_equal(entry->line, 3);
    entry = documentation_find(documentation, 2);
    assert_string_equal(entry->title, "002 Add an index");
    assert_string_equal(entry->body, "Two.\n");
    assert_int_equal(entry->line, 8);
}

static const struct {
    const char *heading;
    int64_t number; /* -1: no entry */
    const char *title;
} headings[] = {
    {"## 007_add_index", 7, "007_add_index"},
    {"## `007_add_index.sql`", 7, "007_add_index.sql"},
    {"## 007", 7, "007"},
    {"## 007: add", 7, "007: add"},
    {"## 007. Add", 7, "007. Add"},
    {"## 007 - add  ", 7, "007 - add"},
    {"##   20260101120000_x", 20260101120000, "20260101120000_x"},
    {"## 007_x\r", 7, "007_x"},
    {"## Notes", -1, NULL},
    {"## 7th heaven", -1, NULL},
    {"## 2026-11-24 meeting", -1, NULL},
    {"## 1.2 Conventions", -1, NULL},
    {"## 1234567890123456789_x", -1, NULL},
    {"# 007_x", -1, NULL},
    {"### 007_x", -1, NULL},
    {"##007_x", -1, NULL},
    {" ## 007_x", -1, NULL},
};

static void test_read_takes_headings_of_level_two_that_begin_with_a_version(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(headings); i++) {
        test_write(fixture->project, FILE_NAME, talloc_asprintf(fixture, "%s\nbody\n", headings[i].heading));
        struct documentation *documentation = read_good(fixture);
        if (documentation->count != (headings[i].number >= 0))
            fail_msg("\"%s\": %zu entries", headings[i].heading, documentation->count);
        if (documentation->count == 0)
            continue;
        assert_int_equal(documentation->entries[0].number, headings[i].number);
        assert_string_equal(documentation->entries[0].title, headings[i].title);
        assert_string_equal(documentation->entries[0].body, "body\n");
    }
}

static const struct {
    const char *text;
    size_t count;
} fences[] = {
    {"## 1\n```\n## 2\n```\n## 3\n", 2},
    {"## 1\n~~~ sql\n## 2\n~~~\n## 3\n", 2},
    {"## 1\n```\n~~~\n## 2\n```\n## 3\n", 2},
    {"## 1\n````\n```\n## 2\n````\n", 1},
    {"## 1\n```\n```` \n## 3\n", 2},
    {"## 1\n```\n``` not closed\n## 2\n", 1},
    {"## 1\n``\n## 2\n", 2},
    {"## 1\n```\n## 2\n", 1},
};

static void test_read_passes_over_blocks_of_code(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(fences); i++) {
        test_write(fixture->project, FILE_NAME, fences[i].text);
        size_t count = read_good(fixture)->count;
        if (count != fences[i].count)
            fail_msg("%s: %zu entries", fences[i].text, count);
    }
}

static void test_read_of_a_last_heading_without_newline_has_an_empty_body(void **state)
{
    struct fixture *fixture = *state;
    test_write(fixture->project, FILE_NAME, "## 1 one");
    assert_string_equal(documentation_find(read_good(fixture), 1)->body, "");
}

static void test_read_of_two_entries_of_one_version_finds_the_first(void **state)
{
    struct fixture *fixture = *state;
    test_write(fixture->project, FILE_NAME, "## 1 one\n## 001 two\n");
    struct documentation *documentation = read_good(fixture);
    assert_int_equal(documentation->count, 2);
    assert_string_equal(documentation_find(documentation, 1)->title, "1 one");
}

static void test_read_refuses_a_folder(void **state)
{
    struct fixture *fixture = *state;
    test_write(fixture->project, FILE_NAME "/x", "");
    assert_null(documentation_read(fixture, fixture->settings, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_FILE);
}

static void test_append_makes_the_file_and_its_folder(void **state)
{
    struct fixture *fixture = *state;
    append(fixture, "001_make", "**Intent.** \n");
    assert_string_equal(file_text(fixture), "# Database migrations\n\n## 001_make\n\n**Intent.** \n");
    assert_int_equal(documentation_find(read_good(fixture), 1)->line, 3);
}

static const struct {
    const char *before, *after;
} appends[] = {
    {"", "\n## 2_x\n\nbody\n"},
    {"# Title\n", "# Title\n\n## 2_x\n\nbody\n"},
    {"# Title", "# Title\n\n## 2_x\n\nbody\n"},
    {"## 1_x\r\ntext\r\n", "## 1_x\r\ntext\r\n\n## 2_x\n\nbody\n"},
    {"bytes \xff\xfe\n", "bytes \xff\xfe\n\n## 2_x\n\nbody\n"},
};

static void test_append_leaves_what_is_there(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < countof(appends); i++) {
        test_write(fixture->project, FILE_NAME, appends[i].before);
        append(fixture, "2_x", "body\n");
        assert_string_equal(file_text(fixture), appends[i].after);
    }
}

/* As a UTF-16 file has them: what follows the first would be lost. */
static void test_append_refuses_a_file_with_nul_bytes(void **state)
{
    struct fixture *fixture = *state;
    test_write_bytes(fixture->project, FILE_NAME, "#\0 \0T\0\n\0", 8);
    assert_false(documentation_append(fixture->settings, "2_x", "body\n", fixture->error));
    assert_int_equal(fixture->error->code, ERROR_FILE);
    assert_non_null(fixture->error->hint);
    struct stat status;
    assert_int_equal(stat(talloc_asprintf(fixture, "%s/%s", fixture->project, FILE_NAME), &status), 0);
    assert_int_equal(status.st_size, 8);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read_of_an_absent_file_has_no_entries),
        TEST(test_read_finds_entries_with_body_and_line),
        TEST(test_read_takes_headings_of_level_two_that_begin_with_a_version),
        TEST(test_read_passes_over_blocks_of_code),
        TEST(test_read_of_a_last_heading_without_newline_has_an_empty_body),
        TEST(test_read_of_two_entries_of_one_version_finds_the_first),
        TEST(test_read_refuses_a_folder),
        TEST(test_append_makes_the_file_and_its_folder),
        TEST(test_append_leaves_what_is_there),
        TEST(test_append_refuses_a_file_with_nul_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
