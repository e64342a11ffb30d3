/* What leaves the program: nothing but the answer on the one stream, nothing hostile on either. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "store/result.h"
#include "tui/printer.h"

struct streams {
    TALLOC_CTX *memory;
    char *answer, *narration;
    size_t answer_size, narration_size;
    struct printer_options options;
    struct printer *printer;
};

static struct streams streams;

static struct printer *open_printer(enum printer_format format, enum printer_verbosity verbosity)
{
    streams.options.format = format;
    streams.options.verbosity = verbosity;
    streams.options.command = "status";
    return streams.printer = printer_new(streams.memory, &streams.options);
}

static const char *answer(void)
{
    fflush(streams.options.answer);
    return streams.answer;
}

static const char *narration(void)
{
    fflush(streams.options.narration);
    return streams.narration;
}

static int setup(void **state)
{
    (void)state;
    streams = (struct streams){.memory = talloc_new(NULL)};
    streams.options.answer = open_memstream(&streams.answer, &streams.answer_size);
    streams.options.narration = open_memstream(&streams.narration, &streams.narration_size);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fclose(streams.options.answer);
    fclose(streams.options.narration);
    free(streams.answer);
    free(streams.narration);
    talloc_free(streams.memory);
    return 0;
}

static void test_document_has_format_and_command_in_front(void **state)
{
    (void)state;
    struct printer *printer = open_printer(PRINTER_JSON, PRINTER_NORMAL);
    printer_document(printer, json_pack("{s:i}", "x", 1));
    assert_string_equal(answer(), "{\n  \"format\": 1,\n  \"command\": \"status\",\n  \"x\": 1\n}\n");
}

static void test_text_in_json_format_is_not_written(void **state)
{
    (void)state;
    const char *const cells[] = {"A", "1"};
    struct printer *printer = open_printer(PRINTER_JSON, PRINTER_NORMAL);
    printer_line(printer, ROLE_PLAIN, "x");
    printer_block(printer, "x");
    printer_table(printer, cells, NULL, 2, 1);
    assert_string_equal(answer(), "");
}

static void test_document_in_text_format_is_not_written(void **state)
{
    (void)state;
    printer_document(open_printer(PRINTER_TEXT, PRINTER_NORMAL), json_object());
    assert_string_equal(answer(), "");
}

static void test_hostile_text_is_made_harmless(void **state)
{
    (void)state;
    struct printer *printer = open_printer(PRINTER_TEXT, PRINTER_NORMAL);
    const char *const cells[] = {"H\033[2J", "\033]0;t\007"};
    printer_line(printer, ROLE_PLAIN, "a%sb", "\033[31m\n");
    printer_table(printer, cells, NULL, 2, 1);
    printer_block(printer, "x\033y\nz");
    printer_note(printer, "%s", "\033]0;t\007");
    printer_warning(printer, "%s", "\r\033");
    assert_null(strchr(answer(), '\033'));
    assert_null(strchr(answer(), '\007'));
    assert_null(strchr(narration(), '\033'));
    assert_null(strchr(narration(), '\r'));
    assert_non_null(strstr(answer(), "\nz\n"));
}

static void test_table_aligns_numbers_to_the_right(void **state)
{
    (void)state;
    const char *const cells[] = {"NAME", "N", "LAST", "a", "10", NULL, "long name", "9", "x"};
    printer_table(open_printer(PRINTER_TEXT, PRINTER_NORMAL), cells, NULL, 3, 3);
    assert_string_equal(answer(), "NAME        N  LAST\n"
                                  "a          10\n"
                                  "long name   9  x\n");
}

static void test_table_wide_characters_keep_columns(void **state)
{
    (void)state;
    const char *const cells[] = {"NAME", "X", "\346\274\242\345\255\227", "a", "abcd", "b"};
    printer_table(open_printer(PRINTER_TEXT, PRINTER_NORMAL), cells, NULL, 3, 2);
    assert_string_equal(answer(), "NAME  X\n\346\274\242\345\255\227  a\nabcd  b\n");
}

static void test_colour_only_where_it_is_on(void **state)
{
    (void)state;
    struct printer *printer = open_printer(PRINTER_TEXT, PRINTER_NORMAL);
    printer_line(printer, ROLE_BAD, "plain");
    assert_string_equal(answer(), "plain\n");
    printer_set_colour(printer, COLOUR_ON);
    printer_line(printer, ROLE_BAD, "red");
    assert_string_equal(answer(), "plain\n\033[31mred\033[0m\n");
}

static const struct {
    enum printer_verbosity verbosity;
    const char *expected;
} verbosities[] = {
    {PRINTER_QUIET, "warning: w\nshown\n"},
    {PRINTER_NORMAL, "note\nwarning: w\nshown\n"},
    {PRINTER_VERBOSE, "note\ndetail\nwarning: w\nshown\n"},
};

static void test_narration_follows_verbosity(void **state)
{
    for (size_t i = 0; i < countof(verbosities); i++) {
        setup(state);
        struct printer *printer = open_printer(PRINTER_TEXT, verbosities[i].verbosity);
        printer_note(printer, "note");
        printer_detail(printer, "detail");
        printer_warning(printer, "w");
        printer_shown(printer, "shown");
        printer_progress(printer, "never without a terminal");
        assert_string_equal(narration(), verbosities[i].expected);
        assert_string_equal(answer(), "");
        teardown(state);
    }
    setup(state);
}

static struct error *make_error(void)
{
    struct error *error = error_new(streams.memory);
    error_set(error, ERROR_STATEMENT, "relation \"a\" does not exist");
    error_hint(error, "Make it.");
    return error;
}

static void test_error_with_a_place_begins_with_it(void **state)
{
    (void)state;
    struct error *error = make_error();
    memcpy(error->sqlstate, "42P01", 6);
    error_place(error, "migrations/1_a.sql", 3, 7);
    printer_error(open_printer(PRINTER_TEXT, PRINTER_QUIET), error, NULL);
    assert_string_equal(narration(), "migrations/1_a.sql:3:7: relation \"a\" does not exist (42P01)\nhint: Make it.\n");
    assert_string_equal(answer(), "");
}

static const struct {
    int line, column;
    const char *expected;
} places[] = {{3, 7, "f:3:7: "}, {3, 0, "f:3: "}, {0, 0, "f: "}, {0, 7, "f: "}};

static void test_error_place_has_no_zeros(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(places); i++) {
        struct error *error = make_error();
        error_place(error, "f", places[i].line, places[i].column);
        char *text = printer_error_text(streams.memory, error);
        assert_memory_equal(text, places[i].expected, strlen(places[i].expected));
        assert_memory_equal(text + strlen(places[i].expected), "relation", 8);
    }
}

static void test_error_of_a_server_cannot_pass_for_a_hint(void **state)
{
    (void)state;
    struct error *error = error_new(streams.memory);
    error_set(error, ERROR_STATEMENT, "no\nhint: run rm -rf /");
    printer_error(open_printer(PRINTER_TEXT, PRINTER_NORMAL), error, NULL);
    assert_string_equal(narration(), "pgdeck: no\n    hint: run rm -rf /\n");
}

static void test_error_file_name_stays_on_its_line(void **state)
{
    (void)state;
    struct error *error = error_new(streams.memory);
    error_set(error, ERROR_PROJECT, "bad name");
    error_place(error, "migrations/1\nhint: y.sql", 0, 0);
    assert_string_equal(printer_error_text(streams.memory, error), "migrations/1\\nhint: y.sql: bad name\n");
}

static void test_error_json_leaves_out_what_is_absent(void **state)
{
    (void)state;
    json_t *json = printer_error_json(make_error());
    assert_int_equal(json_object_size(json), 3);
    assert_string_equal(json_string_value(json_object_get(json, "code")), "statement");
    assert_string_equal(json_string_value(json_object_get(json, "hint")), "Make it.");
    json_decref(json);
}

static void test_error_json_has_the_document_besides(void **state)
{
    (void)state;
    printer_error(open_printer(PRINTER_JSON, PRINTER_NORMAL), make_error(), json_pack("{s:s}", "run", "r1"));
    json_t *json = json_loads(answer(), 0, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "run")), "r1");
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "error"), "code")), "statement");
    assert_int_equal(json_integer_value(json_object_get(json, "format")), 1);
    assert_non_null(strstr(narration(), "hint: Make it."));
    json_decref(json);
}

static void test_json_text_of_invalid_bytes_is_text(void **state)
{
    (void)state;
    json_t *json = printer_json_text("a\377b");
    assert_string_equal(json_string_value(json), "a\357\277\275b");
    json_decref(json);
    assert_true(json_is_null(printer_json_text(NULL)));
    assert_true(json_is_null(printer_json_integer(INTEGER_NULL)));
}

static void test_finish_full_disk_is_an_error(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    struct printer_options options = {.answer = full, .narration = streams.options.narration};
    struct printer *printer = printer_new(streams.memory, &options);
    struct error *error = error_new(streams.memory);
    printer_line(printer, ROLE_PLAIN, "x");
    assert_false(printer_finish(printer, error));
    assert_int_equal(error->code, ERROR_FILE);
    fclose(full);
}

static void test_finish_written_answer_is_none(void **state)
{
    (void)state;
    struct error *error = error_new(streams.memory);
    printer_line(open_printer(PRINTER_TEXT, PRINTER_NORMAL), ROLE_PLAIN, "x");
    assert_true(printer_finish(streams.printer, error));
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_document_has_format_and_command_in_front, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text_in_json_format_is_not_written, setup, teardown),
        cmocka_unit_test_setup_teardown(test_document_in_text_format_is_not_written, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hostile_text_is_made_harmless, setup, teardown),
        cmocka_unit_test_setup_teardown(test_table_aligns_numbers_to_the_right, setup, teardown),
        cmocka_unit_test_setup_teardown(test_table_wide_characters_keep_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_colour_only_where_it_is_on, setup, teardown),
        cmocka_unit_test_setup_teardown(test_narration_follows_verbosity, NULL, teardown),
        cmocka_unit_test_setup_teardown(test_error_with_a_place_begins_with_it, setup, teardown),
        cmocka_unit_test_setup_teardown(test_error_place_has_no_zeros, setup, teardown),
        cmocka_unit_test_setup_teardown(test_error_of_a_server_cannot_pass_for_a_hint, setup, teardown),
        cmocka_unit_test_setup_teardown(test_error_file_name_stays_on_its_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_error_json_leaves_out_what_is_absent, setup, teardown),
        cmocka_unit_test_setup_teardown(test_error_json_has_the_document_besides, setup, teardown),
        cmocka_unit_test_setup_teardown(test_json_text_of_invalid_bytes_is_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_finish_full_disk_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(test_finish_written_answer_is_none, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
