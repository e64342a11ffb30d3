/* The folder of compliance reviews: which one is the last, what it left open, and that a review is never written over
 * another. What people and worse edit in them must not pass for closed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "migrate/audit/sample.h"
#include "migrate/audits.h"
#include "store/clock.h"
#include "tests/lib/server.h"

static TALLOC_CTX *memory;
static struct error *error;
static const char *project;
static struct settings *settings;

static int set_up(void **state UNUSED)
{
    memory = talloc_new(NULL);
    error = error_new(memory);
    project = test_directory(memory);
    settings = settings_load(memory, &(struct settings_input){.directory = project}, error);
    assert_non_null(settings);
    return 0;
}

static int tear_down(void **state UNUSED) { return talloc_free(memory); }

#define HEAD "---\ndate: 2026-11-29\nseed: \"x\"\nsample: [\"001\"]\nopen: 2\n---\n# Review\n\n"

static void test_what_is_not_ticked_is_open(void **state UNUSED)
{
    static const struct {
        const char *text;
        size_t open;
        int line;
        bool is_sound;
    } cases[] = {
        {HEAD "## Open\n- [ ] one\n- [ ] two\n", 2, 10, true},
        {HEAD "## Open\n- [x] one\n- [ ] two\n", 1, 11, true},
        {HEAD "## Open\n- [x] one\n- [X] two\n", 0, 0, true},
        {HEAD "## Open\r\n- [x] one\r\n* [x] two\r\n", 0, 0, true},
        {"\xEF\xBB\xBF" HEAD "## Open\n  - [x] one\n+ [x] two", 0, 0, true},
        /* Deleted, or with a box that is none: not ticked. */
        {HEAD "## Open\n- [x] one\n", 1, 0, true},
        {HEAD "## Open\n- [x] one\n- two is done\n", 1, 0, true},
        {HEAD "## Open\n- [x] one\n- [-] two\n", 1, 11, true},
        {HEAD, 2, 0, true},
        {HEAD "## Closed\n- [x] one\n- [x] two\n", 2, 0, true},
        /* Boxes elsewhere count for nothing, added items do. */
        {HEAD "- [ ] before\n## Open\n- [x] one\n- [x] two\n## Sample\n- [ ] behind\n", 0, 0, true},
        {HEAD "## Open\n- [x] one\n- [x] two\n- [ ] three\n", 1, 12, true},
        {HEAD "## Open\n- [x] one\n### More\n- [ ] two\n", 1, 12, true},
        /* No review. */
        {"", 0, 0, false},
        {"# Review\n## Open\n- [ ] one\n", 0, 0, false},
        {"---\ndate: 2026-11-29\nopen: 0\n", 0, 0, false},
        {"---\ndate: 2026-11-29\n---\n", 0, 0, false},
        {"---\nopen: 0\n---\n", 0, 0, false},
        {"---\ndate: 2026-11-28\nopen: 0\n---\n", 0, 0, false},
        {"---\ndate: 2026-13-99\nopen: 0\n---\n", 0, 0, false},
        {"---\ndate: 2026-11-29\nopen: -1\n---\n", 0, 0, false},
        {"---\ndate: 2026-11-29\nopen: 99999999999999999999\n---\n", 0, 0, false},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const struct audits_last *last =
            audits_parse(memory, "docs/audits/2026-11-29.md", "2026-11-29.md", cases[i].text);
        if (!last->problem != cases[i].is_sound)
            fail_msg("case %zu: %s", i, last->problem ? last->problem : "no problem is seen");
        if (cases[i].is_sound && (last->open != cases[i].open || last->line != cases[i].line))
            fail_msg("case %zu: %zu open at line %d", i, last->open, last->line);
    }
}

static struct audits_last *read_last(void)
{
    struct audits_last *last = audits_read_last(memory, settings, error);
    assert_non_null(last);
    return last;
}

static void write_review(const char *name, const char *date)
{
    test_write(project, talloc_asprintf(memory, "docs/audits/%s", name),
               talloc_asprintf(memory, "---\ndate: %s\nopen: 0\n---\n", date));
}

static void test_last_review_is_the_latest_by_its_name(void **state UNUSED)
{
    assert_false(read_last()->exists);
    write_review("2026-02-28.md", "2026-02-28");
    write_review("2025-12-31-9.md", "2025-12-31");
    assert_string_equal(read_last()->file, "docs/audits/2026-02-28.md");
    write_review("2026-02-28-2.md", "2026-02-28");
    write_review("2026-02-28-10.md", "2026-02-28");
    assert_string_equal(read_last()->file, "docs/audits/2026-02-28-10.md");
    assert_null(read_last()->problem);
    static const char *const others[] = {"2026-02-29.md",    "2026-13-01.md",   "9999.md",
                                         "2026-03-01.txt",   "2026-03-01-.md",  "README.md",
                                         "2026-03-01-02.md", "2026-03-01-1.md", "2026-03-01-99999999999999999999.md"};
    for (size_t i = 0; i < countof(others); i++)
        write_review(others[i], "2026-03-01");
    assert_string_equal(read_last()->file, "docs/audits/2026-02-28-10.md");
}

static void test_what_is_no_file_is_no_review(void **state UNUSED)
{
    write_review("2026-02-28.md", "2026-02-28");
    write_review("elsewhere", "2026-03-01");
    const char *folder = talloc_asprintf(memory, "%s/docs/audits", project);
    assert_int_equal(symlink("elsewhere", talloc_asprintf(memory, "%s/2026-03-01.md", folder)), 0);
    assert_int_equal(mkdir(talloc_asprintf(memory, "%s/2026-03-02.md", folder), 0700), 0);
    assert_int_equal(mkfifo(talloc_asprintf(memory, "%s/2026-03-03.md", folder), 0600), 0);
    assert_string_equal(read_last()->date, "2026-02-28");
}

static void test_bytes_that_are_no_text_are_a_problem(void **state UNUSED)
{
    static const char bytes[] = "---\ndate: 2026-03-01\nopen: 0\n---\n\0## Open\n- [ ] one\n";
    test_write_bytes(project, "docs/audits/2026-03-01.md", bytes, sizeof bytes - 1);
    assert_non_null(read_last()->problem);
    char *huge = talloc_zero_size(memory, 2 * 1024 * 1024);
    memset(huge, '-', 2 * 1024 * 1024 - 1);
    test_write(project, "docs/audits/2026-03-02.md", huge);
    assert_non_null(read_last()->problem);
}

static void test_age_is_counted_in_days(void **state UNUSED)
{
    static const struct {
        const char *date;
        int64_t age;
    } cases[] = {{"2026-11-29", 0}, {"2026-11-28", 1}, {"2026-08-29", 92}, {"2024-02-29", 1004}, {"2026-11-30", -1}};
    const int64_t now_us = INT64_C(1795910400000000); /* 2026-11-29T00:00:00Z */
    assert_string_equal(audits_date(memory, now_us), "2026-11-29");
    for (size_t i = 0; i < countof(cases); i++)
        assert_int_equal(audits_age_days(audits_parse(memory, "x", cases[i].date, ""), now_us), cases[i].age);
}

static void test_review_is_never_written_over_another(void **state UNUSED)
{
    const char *file;
    test_write(project, "elsewhere", "mine");
    assert_true(audits_write(memory, settings, "2026-11-29", "first", &file, error));
    assert_string_equal(file, "docs/audits/2026-11-29.md");
    assert_int_equal(symlink("../../elsewhere", talloc_asprintf(memory, "%s/docs/audits/2026-11-29-2.md", project)), 0);
    assert_true(audits_write(memory, settings, "2026-11-29", "second", &file, error));
    assert_string_equal(file, "docs/audits/2026-11-29-3.md");
    struct stat facts;
    assert_int_equal(stat(talloc_asprintf(memory, "%s/elsewhere", project), &facts), 0);
    assert_int_equal(facts.st_size, 4);
}

/* ---- the sample ---- */

static struct directory *files(size_t count, int64_t first)
{
    struct directory *directory = talloc_zero(memory, struct directory);
    directory->files = talloc_zero_array(directory, struct migration_file *, (unsigned)count + 1);
    for (directory->count = 0; directory->count < count; directory->count++) {
        struct migration_file *file = talloc_zero(directory, struct migration_file);
        file->number = first + (int64_t)directory->count;
        directory->files[directory->count] = file;
    }
    return directory;
}

static void test_sample_is_drawn_by_seed_from_recent_files(void **state UNUSED)
{
    size_t count = 5, recent, other_count = 5;
    struct directory *directory = files(300, 1);
    size_t *indices = sample_draw(memory, directory, "a", &count, &recent);
    size_t *again = sample_draw(memory, directory, "a", &other_count, &recent);
    assert_int_equal(count, 5);
    assert_int_equal(recent, 20);
    assert_memory_equal(indices, again, count * sizeof *indices);
    size_t others = 0;
    for (size_t i = 0; i < count; i++) {
        assert_in_range(indices[i], 280, 299);
        assert_true(i == 0 || indices[i] > indices[i - 1]);
    }
    for (int seed = 0; seed < 20; seed++)
        others += memcmp(indices, sample_draw(memory, directory, talloc_asprintf(memory, "%d", seed), &count, &recent),
                         count * sizeof *indices) != 0;
    assert_in_range(others, 18, 20);
}

static void test_sample_of_few_files_is_all_of_them(void **state UNUSED)
{
    size_t count = 5, recent;
    size_t *indices = sample_draw(memory, files(3, 7), "a", &count, &recent);
    assert_int_equal(count, 3);
    assert_int_equal(indices[2], 2);
    count = 5;
    sample_draw(memory, files(0, 1), "a", &count, &recent);
    assert_int_equal(count, 0);
    count = 10;
    sample_draw(memory, files(300, 1), "a", &count, &recent);
    assert_int_equal(recent, 40);
}

/* One more file leaves those that stay in the sample where they are, but for the one that it takes the place of. */
static void test_new_file_moves_no_other(void **state UNUSED)
{
    size_t count = 5, recent;
    size_t *before = sample_draw(memory, files(18, 1), "a", &count, &recent);
    size_t *behind = sample_draw(memory, files(19, 1), "a", &count, &recent);
    size_t same = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            same += before[i] == behind[k];
    assert_in_range(same, 4, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_not_ticked_is_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_last_review_is_the_latest_by_its_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_file_is_no_review, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bytes_that_are_no_text_are_a_problem, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_age_is_counted_in_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_review_is_never_written_over_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sample_is_drawn_by_seed_from_recent_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sample_of_few_files_is_all_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_new_file_moves_no_other, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("audits", tests, NULL, NULL);
}
