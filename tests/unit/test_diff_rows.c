/* The rows of the Diff screen: groups, objects, attributes; identities that stay; counts; blame. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "store/clock.h"
#include "tui/diff_rows.h"

static TALLOC_CTX *memory;
static struct diff *diff;

static void add(const char *kind, const char *name, const char *attribute, enum change_action action,
                enum severity severity, const char *blame)
{
    diff->changes = talloc_realloc(diff, diff->changes, struct change, (unsigned)diff->change_count + 1);
    diff->changes[diff->change_count++] = (struct change){.action = action,
                                                          .kind = kind_find(kind),
                                                          .name = name,
                                                          .attribute = attribute,
                                                          .severity = severity,
                                                          .blame = blame};
    assert_non_null(diff->changes[diff->change_count - 1].kind);
}

static int set_up(void **state UNUSED)
{
    memory = talloc_new(NULL);
    diff = talloc_zero(memory, struct diff);
    add("schema", "old", NULL, CHANGE_DROP, SEVERITY_BREAKING, "migrations/002_b.sql:7");
    add("function", "app.f()", "body", CHANGE_ALTER, SEVERITY_BEHAVIOURAL, "migrations/001_a.sql:12");
    add("function", "app.f()", "comment", CHANGE_ALTER, SEVERITY_COSMETIC, NULL);
    add("function", "app.g()", "volatility", CHANGE_ALTER, SEVERITY_BEHAVIOURAL, "migrations/001_a.sql:30");
    return 0;
}

static int tear_down(void **state UNUSED) { return talloc_free(memory); }

/* "schema (1)|  old|": the rows' texts, indented. */
static const char *texts(const struct diff_rows *rows)
{
    char *text = talloc_strdup(memory, "");
    for (size_t i = 0; i < rows->count; i++)
        text = talloc_asprintf_append_buffer(text, "%*s%s|", 2 * rows->items[i].depth, "", rows->items[i].text);
    return text;
}

static struct diff_rows *grouped(enum diff_grouping grouping, enum diff_direction direction)
{
    return diff_rows_make(memory, diff, grouping, direction);
}

static const char *cell(const struct diff_rows *rows, size_t row, size_t column)
{
    struct list_cell made = {NULL, LOOK_PLAIN};
    diff_rows_source.cell(rows, row, column, memory, &made);
    return made.text ? made.text : "";
}

static void test_rows_stand_by_kind_object_and_attribute(void **state UNUSED)
{
    assert_string_equal(texts(grouped(GROUPED_BY_KIND, DIFF_ASCENDING)),
                        "schema (1)|  old|function (3)|  app.f()|    body|    comment|  app.g()|");
}

static void test_rows_stand_by_severity_and_by_file(void **state UNUSED)
{
    assert_string_equal(texts(grouped(GROUPED_BY_SEVERITY, DIFF_ASCENDING)),
                        "breaking (1)|  schema old|behavioural (2)|  function app.f()|  function app.g()|"
                        "cosmetic (1)|  function app.f()|");
    assert_string_equal(texts(grouped(GROUPED_BY_FILE, DIFF_ASCENDING)),
                        "migrations/001_a.sql (2)|  function app.f()|  function app.g()|migrations/002_b.sql (1)|"
                        "  schema old|no file to blame (1)|  function app.f()|");
}

static void test_reversing_turns_the_groups_round(void **state UNUSED)
{
    const char *text = texts(grouped(GROUPED_BY_SEVERITY, DIFF_DESCENDING));
    assert_non_null(strstr(text, "cosmetic (1)"));
    assert_true(strstr(text, "cosmetic (1)") < strstr(text, "behavioural (2)"));
    assert_true(strstr(text, "app.f()|  function app.g()") != NULL); /* within a group the order stays */
}

static void test_a_difference_has_the_same_identity_in_every_grouping(void **state UNUSED)
{
    const char *known[8] = {NULL};
    size_t count = 0;
    const struct diff_rows *rows = grouped(GROUPED_BY_KIND, DIFF_ASCENDING);
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].change)
            known[count++] = rows->items[i].identity;
    assert_int_equal(count, diff->change_count);
    for (int grouping = GROUPED_BY_SEVERITY; grouping < GROUPING_COUNT; grouping++) {
        const struct diff_rows *others = grouped((enum diff_grouping)grouping, DIFF_ASCENDING);
        for (size_t i = 0; i < count; i++) {
            size_t found = 0;
            for (size_t j = 0; j < others->count; j++)
                found += strcmp(others->items[j].identity, known[i]) == 0;
            assert_int_equal(found, 1);
        }
    }
}

static void test_identities_are_unique(void **state UNUSED)
{
    for (int grouping = 0; grouping < GROUPING_COUNT; grouping++) {
        const struct diff_rows *rows = grouped((enum diff_grouping)grouping, DIFF_ASCENDING);
        for (size_t i = 0; i < rows->count; i++)
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(rows->items[i].identity, rows->items[j].identity);
    }
}

static void test_severity_is_a_sign_and_a_word(void **state UNUSED)
{
    const struct diff_rows *rows = grouped(GROUPED_BY_KIND, DIFF_ASCENDING);
    assert_string_equal(cell(rows, 1, 1), "✗ breaking");
    assert_string_equal(cell(rows, 2, 1), "▲2 ·1"); /* of the group: how many of each */
    assert_string_equal(diff_severity_counts(memory, diff, DIFF_IN_WORDS), "breaking 1 · behavioural 2 · cosmetic 1");
    assert_string_equal(diff_severity_counts(memory, diff, DIFF_IN_SIGNS), "4 differences: ✗1 ▲2 ·1");
}

static void test_action_names_the_attribute_and_the_loss(void **state UNUSED)
{
    diff->changes[0].loss = CHANGE_LOSES_DATA;
    const struct diff_rows *rows = grouped(GROUPED_BY_KIND, DIFF_ASCENDING);
    assert_string_equal(cell(rows, 1, 2), "! drop, loses data");
    assert_string_equal(cell(rows, 4, 2), "~ alter"); /* its row is named after the attribute */
    assert_string_equal(cell(rows, 6, 2), "~ alter volatility");
}

static void test_values_are_shown_by_their_beginning_on_one_line(void **state UNUSED)
{
    diff->changes[3].from = "a\n  b";
    diff->changes[3].to = "0123456789012345678901234567890123456789 and more";
    const struct diff_rows *rows = grouped(GROUPED_BY_KIND, DIFF_ASCENDING);
    assert_string_equal(cell(rows, 6, 4), "a b → 0123456789012345678901234567890123456789…");
    diff->changes[3].to = NULL;
    assert_string_equal(cell(grouped(GROUPED_BY_KIND, DIFF_ASCENDING), 6, 4), "a b → (none)");
}

static void test_blame_is_taken_apart(void **state UNUSED)
{
    const char *file = NULL;
    int line = 0;
    assert_true(diff_blame_place(memory, "migrations/001_a:b.sql:12", &file, &line));
    assert_string_equal(file, "migrations/001_a:b.sql");
    assert_int_equal(line, 12);
    static const char *const none[] = {NULL, "", ":12", "file", "file:", "file:x", "file:12x"};
    for (size_t i = 0; i < countof(none); i++)
        assert_false(diff_blame_place(memory, none[i], &file, &line));
}

static void test_nothing_that_differs_makes_no_row(void **state UNUSED)
{
    diff->change_count = 0;
    assert_int_equal(grouped(GROUPED_BY_KIND, DIFF_ASCENDING)->count, 0);
}

static void test_ten_thousand_differences_are_arranged_quickly(void **state UNUSED)
{
    enum { MANY = 10000 };
    diff->changes = talloc_realloc(diff, diff->changes, struct change, MANY);
    for (size_t i = 0; i < MANY; i++)
        diff->changes[i] = (struct change){
            .kind = kind_find(i % 2 ? "schema" : "function"),
            .name = talloc_asprintf(memory, "app.object_%zu", i / 3),
            .attribute = (const char *[]){"body", "comment", "cost"}[i % 3],
            .action = CHANGE_ALTER,
            .severity = (enum severity)(i % 4),
            .blame = i % 5 ? talloc_asprintf(memory, "migrations/%03zu_x.sql:%zu", i % 200, i) : NULL,
        };
    diff->change_count = MANY;
    int64_t start_ms = clock_monotonic_ms();
    for (int grouping = 0; grouping < GROUPING_COUNT; grouping++)
        assert_true(grouped((enum diff_grouping)grouping, DIFF_ASCENDING)->count > MANY);
    int64_t took_ms = clock_monotonic_ms() - start_ms;
    print_message("three groupings of %d differences: %lld ms\n", MANY, (long long)took_ms);
    assert_in_range(took_ms, 0, 1000);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_rows_stand_by_kind_object_and_attribute),
        TEST(test_rows_stand_by_severity_and_by_file),
        TEST(test_reversing_turns_the_groups_round),
        TEST(test_a_difference_has_the_same_identity_in_every_grouping),
        TEST(test_identities_are_unique),
        TEST(test_severity_is_a_sign_and_a_word),
        TEST(test_action_names_the_attribute_and_the_loss),
        TEST(test_values_are_shown_by_their_beginning_on_one_line),
        TEST(test_blame_is_taken_apart),
        TEST(test_nothing_that_differs_makes_no_row),
        TEST(test_ten_thousand_differences_are_arranged_quickly),
    };
    return cmocka_run_group_tests_name("diff rows", tests, NULL, NULL);
}
