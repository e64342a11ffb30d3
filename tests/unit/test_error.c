/* Error values: what a SQLSTATE stands for, the texts and who owns them, the table of codes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/clock.h"
#include "store/digest.h"
#include "store/error.h"

static int open_root(void **state)
{
    *state = talloc_new(NULL);
    return 0;
}

static int close_root(void **state) { return talloc_free(*state); }

static void test_error_code_of_sqlstate(void **state UNUSED)
{
    static const struct {
        const char *sqlstate;
        enum error_code code;
    } cases[] = {
        {"55P03", ERROR_LOCK_TIMEOUT}, {"40001", ERROR_SERIALIZATION}, {"40P01", ERROR_SERIALIZATION},
        {"57014", ERROR_CANCELLED},    {"25006", ERROR_READ_ONLY},     {"08006", ERROR_CONNECTION},
        {"08P01", ERROR_CONNECTION},   {"57P01", ERROR_CONNECTION},    {"57P03", ERROR_CONNECTION},
        {"40002", ERROR_STATEMENT},    {"55006", ERROR_STATEMENT},     {"25P02", ERROR_STATEMENT},
        {"57000", ERROR_STATEMENT},    {"23505", ERROR_STATEMENT},     {"42601", ERROR_STATEMENT},
        {"XX000", ERROR_STATEMENT},    {"0", ERROR_STATEMENT},         {"", ERROR_STATEMENT},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_int_equal(error_code_of_sqlstate(cases[i].sqlstate), cases[i].code);
}

static void test_error_is_sqlstate_by_class_and_code(void **state)
{
    struct error *error = error_new(*state);
    assert_false(error_is_sqlstate(error, "40"));
    snprintf(error->sqlstate, sizeof error->sqlstate, "40001");
    assert_true(error_is_sqlstate(error, "40"));
    assert_true(error_is_sqlstate(error, "40001"));
    assert_false(error_is_sqlstate(error, "40P01"));
    assert_false(error_is_sqlstate(error, "40002"));
}

static void test_error_table_rows_are_complete(void **state)
{
    struct error *error = error_new(*state);
    for (int i = 0; i < ERROR_COUNT; i++) {
        const struct error_kind *kind = error_kind((enum error_code)i);
        assert_non_null(kind->name);
        assert_true(strlen(kind->name) > 3 && strspn(kind->name, "abcdefghijklmnopqrstuvwxyz_") == strlen(kind->name));
        assert_true(strlen(kind->text) > 5 && kind->text[strlen(kind->text) - 1] == '.');
        for (int j = 0; j < i; j++)
            assert_string_not_equal(kind->name, error_kind((enum error_code)j)->name);
        error_set(error, (enum error_code)i, "x");
        assert_int_equal(error_exit_status(error), kind->exit_status);
        assert_int_equal(kind->exit_status == 0, i == ERROR_NONE);
    }
}

/* cli.md, "Exit codes": scripts branch on these. */
static void test_error_exit_statuses_and_retries(void **state UNUSED)
{
    static const struct {
        enum error_code code;
        int status;
        enum error_retry retry;
    } cases[] = {
        {ERROR_USAGE, 2, RETRY_NEVER},
        {ERROR_CONNECTION, 3, RETRY_CONNECTION},
        {ERROR_READ_ONLY, 4, RETRY_NEVER},
        {ERROR_LOCKED, 4, RETRY_NEVER},
        {ERROR_STATEMENT, 5, RETRY_NEVER},
        {ERROR_LOCK_TIMEOUT, 4, RETRY_TRANSACTION},
        {ERROR_INCOMPLETE, 6, RETRY_NEVER},
        {ERROR_UNKNOWN_OUTCOME, 6, RETRY_NEVER},
        {ERROR_SERIALIZATION, 5, RETRY_TRANSACTION},
        {ERROR_CANCELLED, 5, RETRY_NEVER},
        {ERROR_INTERNAL, 70, RETRY_NEVER},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        assert_int_equal(error_kind(cases[i].code)->exit_status, cases[i].status);
        assert_int_equal(error_kind(cases[i].code)->retry, cases[i].retry);
    }
}

static void fill(struct error *error)
{
    error_set(error, ERROR_STATEMENT, "message %d", 1);
    error_detail(error, "detail %d", 2);
    error_hint(error, "Hint %d.", 3);
    error_place(error, "a.sql", 4, 5);
    snprintf(error->sqlstate, sizeof error->sqlstate, "23505");
    error->context = talloc_strdup(error, "context");
    error->schema = talloc_strdup(error, "schema");
    error->table = talloc_strdup(error, "table");
    error->column_name = talloc_strdup(error, "column");
    error->constraint = talloc_strdup(error, "constraint");
    error->statement = 6;
    error->position = 7;
    error->is_connection_lost = true;
}

static void test_error_copy_outlives_the_original(void **state)
{
    struct error *from = error_new(*state), *to = error_new(*state);
    fill(from);
    error_set(to, ERROR_USAGE, "older");
    error_copy(to, from);
    memset((char *)(uintptr_t)from->message, '#', strlen(from->message));
    talloc_free(from);
    assert_int_equal(to->code, ERROR_STATEMENT);
    assert_string_equal(to->message, "message 1");
    assert_string_equal(to->detail, "detail 2");
    assert_string_equal(to->hint, "Hint 3.");
    assert_string_equal(to->context, "context");
    assert_string_equal(to->file, "a.sql");
    assert_int_equal(to->line, 4);
    assert_int_equal(to->column, 5);
    assert_string_equal(to->sqlstate, "23505");
    assert_string_equal(to->schema, "schema");
    assert_string_equal(to->table, "table");
    assert_string_equal(to->column_name, "column");
    assert_string_equal(to->constraint, "constraint");
    assert_int_equal(to->statement, 6);
    assert_int_equal(to->position, 7);
    assert_true(to->is_connection_lost);
}

static void test_error_copy_onto_itself_changes_nothing(void **state)
{
    struct error *error = error_new(*state);
    fill(error);
    error_copy(error, error);
    assert_string_equal(error->message, "message 1");
    assert_string_equal(error->constraint, "constraint");
}

static void test_error_set_drops_what_was_there(void **state)
{
    struct error *error = error_new(*state);
    fill(error);
    assert_false(error_set(error, ERROR_USAGE, "new"));
    assert_string_equal(error->message, "new");
    assert_null(error->detail);
    assert_null(error->hint);
    assert_null(error->file);
    assert_string_equal(error->sqlstate, "");
    assert_false(error->is_connection_lost);
    assert_int_equal(talloc_total_blocks(error), 2);
}

static void test_error_set_may_quote_its_own_texts(void **state)
{
    struct error *error = error_new(*state);
    error_set(error, ERROR_FILE, "first");
    error_set(error, ERROR_USAGE, "then %s", error->message);
    assert_string_equal(error->message, "then first");
}

static void test_error_prefix_keeps_the_rest(void **state)
{
    struct error *error = error_new(*state);
    fill(error);
    assert_false(error_prefix(error, "in %s", "x"));
    assert_string_equal(error->message, "in x: message 1");
    assert_string_equal(error->hint, "Hint 3.");
    assert_int_equal(error->code, ERROR_STATEMENT);
}

static void test_error_clear_leaves_nothing(void **state)
{
    struct error *error = error_new(*state);
    assert_false(error_is_set(error));
    fill(error);
    assert_true(error_is_set(error));
    error_clear(error);
    assert_false(error_is_set(error));
    assert_null(error->message);
    assert_int_equal(talloc_total_blocks(error), 1);
}

/* ---- the two other values that everybody builds on ---- */

static void test_digest_is_sha256(void **state)
{
    assert_string_equal(digest_sha256(*state, "abc", 3),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_string_equal(digest_sha256(*state, "", 0),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    /* ba 78 16 bf 8f 01 cf ea, the lowest byte first: two machines must agree on it. */
    assert_true((uint64_t)digest_key("abc", 3) == 0xeacf018fbf1678baULL);
}

static void test_clock_format_is_utc(void **state)
{
    assert_string_equal(clock_format(*state, 0), "1970-01-01T00:00:00.000Z");
    assert_string_equal(clock_format(*state, 1795487400123456), "2026-11-24T02:30:00.123Z");
}

static void test_clock_monotonic_units_agree(void **state UNUSED)
{
    int64_t before_ms = clock_monotonic_ms(), us = clock_monotonic_us(), after_ms = clock_monotonic_ms();
    assert_in_range(us / 1000, before_ms, after_ms);
    assert_true(clock_wall_us() > 1600000000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_error_code_of_sqlstate, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_is_sqlstate_by_class_and_code, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_table_rows_are_complete, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_exit_statuses_and_retries, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_copy_outlives_the_original, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_copy_onto_itself_changes_nothing, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_set_drops_what_was_there, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_set_may_quote_its_own_texts, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_prefix_keeps_the_rest, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_error_clear_leaves_nothing, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_digest_is_sha256, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_clock_format_is_utc, open_root, close_root),
        cmocka_unit_test_setup_teardown(test_clock_monotonic_units_agree, open_root, close_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
