/* Every row of every table: it can be called, it is explained, it is in the manual, something tests it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>

#include "store/settings.h"
#include "tui/completion.h"
#include "tui/help.h"
#include "tui/manual.h"
#include "tui/sample.h"

static TALLOC_CTX *memory;

static int setup(void **state)
{
    (void)state;
    memory = talloc_new(NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    talloc_free(memory);
    return 0;
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be read: tests run in the project's folder", path);
    char *text = talloc_strdup(memory, ""), buffer[8192];
    for (size_t size; (size = fread(buffer, 1, sizeof buffer, file)) > 0;)
        text = talloc_strndup_append_buffer(text, buffer, size);
    fclose(file);
    return text;
}

/* The manual with its tables filled in. */
static char *manual(void)
{
    char *text = NULL;
    size_t size;
    struct error *error = error_new(memory);
    FILE *from = fopen("man/pgdeck.1", "r"), *to = open_memstream(&text, &size);
    assert_non_null(from);
    assert_true(manual_fill(from, to, error));
    fclose(from);
    fclose(to);
    char *copy = talloc_strdup(memory, text);
    free(text);
    return copy;
}

static void assert_holds(const char *text, const char *part, const char *where)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not stand in %s", part, where);
}

static void assert_is_sentence(const char *text, const char *of)
{
    if (!text || !*text || text[strlen(text) - 1] != '.')
        fail_msg("%s has no sentence that ends in a full stop", of);
}

static void test_every_command_is_explained(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i]; i++) {
        const struct command *command = commands[i];
        char *help = help_of_command(memory, command);
        assert_is_sentence(command->summary, command->name);
        assert_is_sentence(command->description, command->name);
        assert_non_null(command->run);
        assert_ptr_equal(command_find(command->name), command);
        assert_holds(help_overview(memory), command->name, "pgdeck help");
        assert_holds(help, command->name, "its help");
        for (size_t k = 0; k < command->option_count; k++) {
            assert_is_sentence(command->options[k].text, command->options[k].name);
            assert_holds(help, command->options[k].name, command->name);
        }
    }
}

static void test_every_help_fits_80_columns(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i]; i++)
        for (const char *line = help_of_command(memory, commands[i]); *line; line += strcspn(line, "\n") + 1)
            if (strcspn(line, "\n") > 80)
                fail_msg("%s: %zu columns: %.80s", commands[i]->name, strcspn(line, "\n"), line);
    for (const char *line = help_overview(memory); *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
}

static void test_every_command_is_in_the_manual(void **state)
{
    (void)state;
    char *text = manual();
    for (size_t i = 0; commands[i]; i++) {
        assert_holds(text, talloc_asprintf(memory, ".Ss \"%s", commands[i]->name), "the manual");
        for (size_t k = 0; k < commands[i]->option_count; k++)
            assert_holds(text, talloc_asprintf(memory, "Fl \\-%s", commands[i]->options[k].name), "the manual");
    }
    for (size_t i = 0; i < global_option_count; i++)
        assert_holds(text, talloc_asprintf(memory, "Fl \\-%s", global_options[i].name), "the manual");
}

static void test_every_command_has_its_answer_documented(void **state)
{
    (void)state;
    char *text = read_whole("docs/output.md");
    for (size_t i = 0; commands[i]; i++)
        assert_holds(text, talloc_asprintf(memory, "\n### %s\n", commands[i]->name), "docs/output.md");
}

static void test_every_command_is_tested(void **state)
{
    (void)state;
    glob_t found;
    char *all = talloc_strdup(memory, "");
    assert_int_equal(glob("tests/db/test_*.c", 0, NULL, &found), 0);
    glob("tests/console/test_*.c", GLOB_APPEND, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        all = talloc_strdup_append_buffer(all, read_whole(found.gl_pathv[i]));
    globfree(&found);
    for (size_t i = 0; commands[i]; i++)
        assert_holds(all, talloc_asprintf(memory, "\"%s\"", commands[i]->name),
                     "any test under tests/db or tests/console");
}

static void test_no_option_clashes(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i]; i++)
        for (size_t k = 0; k < commands[i]->option_count; k++) {
            const struct option *option = &commands[i]->options[k];
            assert_null(arguments_find(global_options, global_option_count, option->name, strlen(option->name)));
            assert_ptr_equal(
                arguments_find(commands[i]->options, commands[i]->option_count, option->name, strlen(option->name)),
                option);
            if (option->letter)
                assert_null(arguments_find_letter(global_options, global_option_count, option->letter));
            assert_true((option->arity == OPTION_FLAG) == (option->value == NULL));
        }
}

/* A write to a target can always be confirmed without a terminal. */
static void test_every_write_can_be_confirmed(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i]; i++) {
        if (!command_effect_is_write(commands[i]->effect))
            continue;
        assert_int_equal(commands[i]->needs, NEEDS_TARGET);
        assert_non_null(arguments_find(commands[i]->options, commands[i]->option_count, "yes", 3));
        assert_non_null(arguments_find(commands[i]->options, commands[i]->option_count, "confirm", 7));
    }
}

static void test_every_setting_is_in_manual_and_sample(void **state)
{
    (void)state;
    char *text = manual(), *sample = sample_settings(memory);
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        assert_is_sentence(settings_table[i].text, settings_table[i].name);
        assert_holds(text, talloc_asprintf(memory, ".It Va %s\n", settings_table[i].name), "the manual");
        assert_holds(sample, talloc_asprintf(memory, "\n#%s: ", settings_table[i].name), "the sample");
        if (settings_table[i].variable)
            assert_holds(text, settings_table[i].variable, "the manual");
    }
}

static void test_every_error_is_documented(void **state)
{
    (void)state;
    char *text = read_whole("docs/output.md"), *page = manual();
    for (size_t i = 1; i < ERROR_COUNT; i++) {
        const struct error_kind *kind = error_kind((enum error_code)i);
        assert_holds(text, talloc_asprintf(memory, "| `%s` | %d | %s |", kind->name, kind->exit_status, kind->text),
                     "docs/output.md");
        assert_holds(page, talloc_asprintf(memory, ".It %s\n", kind->name), "the manual");
    }
}

static void test_every_exit_status_is_documented(void **state)
{
    (void)state;
    char *text = read_whole("docs/output.md"), *page = manual();
    for (size_t i = 0; i < help_exit_status_count; i++) {
        assert_holds(text, talloc_asprintf(memory, "\n| %s | ", help_exit_statuses[i].status), "docs/output.md");
        assert_holds(page, talloc_asprintf(memory, "\n.It %s\n", help_exit_statuses[i].status), "the manual");
    }
}

static void test_manual_has_no_marker_without_a_table(void **state)
{
    (void)state;
    char text[] = ".\\\" @nonsense@\n", *out = NULL;
    size_t size;
    FILE *from = fmemopen(text, strlen(text), "r"), *to = open_memstream(&out, &size);
    struct error *error = error_new(memory);
    assert_false(manual_fill(from, to, error));
    assert_int_equal(error->code, ERROR_USAGE);
    fclose(from);
    fclose(to);
    free(out);
}

/* What completion offers at the end of a line: the first and the number of candidates. */
static const struct {
    const char *const words[7];
    enum option_kind kind;
    const char *first;
    size_t least;
} completions[] = {
    {{"st"}, KIND_NONE, "status", 1},
    {{""}, KIND_NONE, "console", 13},
    {{"help", "ap"}, KIND_COMMAND, "apply", 1},
    {{"-q", "ap"}, KIND_NONE, "apply", 1},
    {{"-d", "shop", "ap"}, KIND_NONE, "apply", 1},
    {{"-d", ""}, KIND_TARGET, "embedded", 1},
    {{"--database", "="}, KIND_TARGET, "embedded", 1},
    {{"--database=em"}, KIND_TARGET, "embedded", 1},
    {{"--color", ""}, KIND_WORDS, "auto", 3},
    {{"--color", "=", "ne"}, KIND_WORDS, "never", 1},
    {{"--color=al"}, KIND_WORDS, "always", 1},
    {{"apply", "--on"}, KIND_NONE, "--only", 1},
    {{"apply", "--js"}, KIND_NONE, "--json", 1},
    {{"apply", "--to", ""}, KIND_VERSION, NULL, 0},
    {{"apply", "--only", "1", ""}, KIND_VERSION, NULL, 0},
    {{"apply", "--only", "1", "--y"}, KIND_NONE, "--yes", 1},
    {{"apply", "--to", "1", ""}, KIND_NONE, NULL, 0},
    {{"cluster", "st"}, KIND_WORDS, "start", 3},
    {{"cluster", "stop", ""}, KIND_NONE, NULL, 0},
    {{"mark", "--", "--"}, KIND_VERSION, NULL, 0},
    {{"-C", "x"}, KIND_FOLDER, NULL, 0},
    {{"nonsense", ""}, KIND_NONE, NULL, 0},
};

static void test_completion_offers_what_may_stand_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(completions); i++) {
        struct completion *completion = completion_find(memory, completions[i].words);
        assert_int_equal(completion->kind, completions[i].kind);
        assert_true(completion->count >= completions[i].least);
        if (!completions[i].first)
            assert_int_equal(completion->count, 0);
        else
            assert_string_equal(completion->words[0], completions[i].first);
    }
}

static void test_completion_has_a_script_for_each_shell(void **state)
{
    (void)state;
    const char *const *shells = arguments_split_words(memory, command_completion.operands.words);
    for (size_t i = 0; shells[i]; i++)
        assert_holds(completion_script(shells[i]), COMPLETION_WORD, shells[i]);
    assert_null(completion_script("cmd.exe"));
}

/* Where the command may stand among global options. */
static const struct {
    const char *const words[6];
    const char *command, *message;
} lines[] = {
    {{"status"}, "status", NULL},
    {{"--json", "status"}, "status", NULL},
    {{"-d", "status", "plan"}, "plan", NULL},
    {{"plan", "-d", "shop"}, "plan", NULL},
    {{"--", "plan"}, "plan", NULL},
    {{"--json"}, NULL, NULL},
    {{"apply", "--help", "--to"}, NULL, "--to needs a value"},
    {{"aply"}, NULL, "unknown command \"aply\""},
    {{"apply", "--to", "1", "--only", "2"}, NULL, "exclude each other"},
    {{"mark", "1"}, NULL, "exactly one of"},
    {{"mark", "1", "--applied", "--pending"}, NULL, "exactly one of"},
    {{"mark", "1", "--applied"}, NULL, "needs a reason"},
    {{"mark", "1", "--applied", "--reason= "}, NULL, "needs a reason"},
    {{"journal", "--limit", "0"}, NULL, "--limit"},
    {{"journal", "--limit", "9x"}, NULL, "--limit"},
};

static void test_command_line_is_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(lines); i++) {
        struct command_line line = {0};
        struct error *error = error_new(memory);
        bool is_parsed = command_parse(memory, lines[i].words, &line, error);
        assert_true(is_parsed == (lines[i].message == NULL));
        if (lines[i].message) {
            assert_int_equal(error->code, ERROR_USAGE);
            assert_holds(error->message, lines[i].message, "the message");
            assert_non_null(error->hint);
        } else if (lines[i].command) {
            assert_string_equal(line.command->name, lines[i].command);
        } else {
            assert_null(line.command);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_command_is_explained, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_help_fits_80_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_command_is_in_the_manual, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_command_has_its_answer_documented, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_command_is_tested, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_option_clashes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_write_can_be_confirmed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_setting_is_in_manual_and_sample, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_error_is_documented, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_exit_status_is_documented, setup, teardown),
        cmocka_unit_test_setup_teardown(test_manual_has_no_marker_without_a_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_completion_offers_what_may_stand_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_completion_has_a_script_for_each_shell, setup, teardown),
        cmocka_unit_test_setup_teardown(test_command_line_is_taken_apart, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
