/* pgdeck: allow secrets because all of them are made up */
/* Settings: the layers, pgdeck.yaml with its trees, .env, and what is refused with its place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "store/dotenv.h"
#include "store/settings.h"
#include "store/suggest.h"
#include "tests/lib/server.h"

struct project {
    const char *directory;
    struct error *error;
};

static int open_project(void **state)
{
    struct project *project = talloc_zero(NULL, struct project);
    project->directory = test_directory(project);
    project->error = error_new(project);
    *state = project;
    return 0;
}

static int close_project(void **state) { return talloc_free(*state); }

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct settings *load(struct project *project, const char *const *environment, const char *const *options)
{
    struct settings_input input = {project->directory, environment, options};
    return settings_load(project, &input, project->error);
}

static struct settings *load_yaml(struct project *project, const char *yaml)
{
    test_write(project->directory, "pgdeck.yaml", yaml);
    return load(project, NULL, NULL);
}

static void test_settings_defaults_without_any_file(void **state)
{
    struct project *project = *state;
    struct settings *settings = load(project, NULL, NULL);
    assert_non_null(settings);
    assert_false(settings_has_file(settings));
    assert_string_equal(settings_text(settings, SETTING_migrations), "migrations");
    assert_string_equal(settings_value(settings, SETTING_migrations)->source, "default");
    assert_int_equal(settings_number(settings, SETTING_lock_timeout), 5000);
    assert_int_equal(settings_number(settings, SETTING_log_size), 8 << 20);
    assert_int_equal(settings_number(settings, SETTING_log_level), 1);
    assert_string_equal(settings_text(settings, SETTING_project), strrchr(project->directory, '/') + 1);
    assert_null(settings_models_command(settings));
}

static void test_settings_table_rows_are_complete(void **state UNUSED)
{
    for (int id = 0; id < SETTING_COUNT; id++) {
        const struct setting *row = &settings_table[id];
        assert_true(row->name[0] && row->text[0]);
        assert_int_equal(row->text[strlen(row->text) - 1], '.');
        assert_true(row->type != SETTING_CHOICE || strchr(row->unit, '|'));
        for (int other = 0; other < id; other++) {
            assert_string_not_equal(row->name, settings_table[other].name);
            assert_string_not_equal(row->variable, settings_table[other].variable);
        }
    }
}

static void test_settings_later_layers_win(void **state)
{
    struct project *project = *state;
    const struct setting_value *value;
    struct settings *settings = load_yaml(project, "# timeouts\nlock_timeout: 1s\n");
    value = settings_value(settings, SETTING_lock_timeout);
    assert_int_equal(value->number, 1000);
    assert_int_equal(value->layer, LAYER_FILE);
    assert_string_equal(value->source, "pgdeck.yaml:2");
    assert_int_equal(value->column, 15);

    test_write(project->directory, ".env", "\nPGDECK_LOCK_TIMEOUT=2s\n");
    value = settings_value(load(project, LIST("PGDECK_LOCK_TIMEOUT="), NULL), SETTING_lock_timeout);
    assert_int_equal(value->number, 2000);
    assert_int_equal(value->layer, LAYER_DOTENV);
    assert_string_equal(value->source, ".env:2");

    value = settings_value(load(project, LIST("X=1", "PGDECK_LOCK_TIMEOUT=3s"), NULL), SETTING_lock_timeout);
    assert_int_equal(value->number, 3000);
    assert_int_equal(value->layer, LAYER_ENVIRONMENT);
    assert_string_equal(value->source, "environment PGDECK_LOCK_TIMEOUT");

    value =
        settings_value(load(project, LIST("PGDECK_LOCK_TIMEOUT=3s"), LIST("lock_timeout=4s")), SETTING_lock_timeout);
    assert_int_equal(value->number, 4000);
    assert_int_equal(value->layer, LAYER_OPTION);
    assert_string_equal(value->source, "option lock_timeout");

    settings = load(project, NULL, LIST("color=never"));
    assert_string_equal(settings_value(settings, SETTING_color)->source, "option --color");
    assert_int_equal(settings_number(settings, SETTING_color), 2);
}

static void test_settings_durations(void **state UNUSED)
{
    static const struct {
        const char *text;
        bool is_duration;
        int64_t milliseconds;
    } cases[] = {
        {"250", true, 250},
        {"250ms", true, 250},
        {"5s", true, 5000},
        {"10min", true, 600000},
        {"10m", true, 600000},
        {"2h", true, 7200000},
        {"1d", true, 86400000},
        {" 5 s ", true, 5000},
        {"0", true, 0},
        {"106751991167d", true, 9223372036828800000},
        {"106751991168d", false, 0},
        {"", false, 0},
        {"s", false, 0},
        {"-1s", false, 0},
        {"1.5s", false, 0},
        {"5x", false, 0},
        {"5 s s", false, 0},
        {"99999999999999999999", false, 0},
        {"+5s", false, 0},
        {"5s;", false, 0},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        int64_t milliseconds = -7;
        if (settings_parse_duration(cases[i].text, &milliseconds) != cases[i].is_duration)
            fail_msg("\"%s\"", cases[i].text);
        assert_int_equal(milliseconds, cases[i].is_duration ? cases[i].milliseconds : -7);
    }
}

static void test_settings_sizes(void **state UNUSED)
{
    static const struct {
        const char *text;
        bool is_size;
        int64_t size_bytes;
    } cases[] = {
        {"512", true, 512},     {"512B", true, 512},       {"64kB", true, 65536},
        {"8MB", true, 8388608}, {"1GB", true, 1073741824}, {"64 mb", true, 67108864},
        {"64M", false, 0},      {"5s", false, 0},          {"9007199254740992kB", false, 0},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        int64_t size = -7;
        assert_int_equal(settings_parse_size(cases[i].text, &size), cases[i].is_size);
        assert_int_equal(size, cases[i].is_size ? cases[i].size_bytes : -7);
    }
}

/* A wrong pgdeck.yaml, its place, and words of message or hint. */
static void test_settings_file_refusals_name_the_place(void **state)
{
    static const struct {
        const char *yaml;
        int line, column;
        const char *message, *hint;
    } cases[] = {
        {"project: x\nmigratoins: y\n", 2, 1, "no setting \"migratoins\"", "Did you mean migrations?"},
        {"zebra: y\n", 1, 1, "no setting \"zebra\"", "Known are project"},
        {"target: {}\n", 1, 1, "no setting", "targets"},
        {"lock_timeout: 0\n", 1, 15, "out of range: 1ms to 1d", NULL},
        {"lock_timeout: fast\n", 1, 15, "\"fast\" is no duration", "5s"},
        {"log_size: 1kB\n", 1, 11, "out of range: 64kB to 1TB", NULL},
        {"pool_size: 65\n", 1, 12, "out of range: 1 to 64", NULL},
        {"pool_size: 4x\n", 1, 12, "no whole number", NULL},
        {"log_level: warn\n", 1, 12, "none of debug, info, warning, error", NULL},
        {"log_level: eror\n", 1, 12, "none of", "Did you mean error?"},
        {"migrations: [a]\n", 1, 13, "must be a text, not a list", NULL},
        {"- a\n", 1, 1, "must be a map, not a list", NULL},
        {"role: ${NOT_THERE}\n", 1, 7, "NOT_THERE is not set", ".env"},
        {"role: \"${not closed\"\n", 1, 7, "${", NULL},
        {"models: {comand: [x]}\n", 1, 10, "comand", "command"},
        {"models: {command: x}\n", 1, 19, "models must be", NULL},
        {"models: {command: []}\n", 1, 19, "models must be", NULL},
        {"models: {}\n", 1, 9, "models must be", NULL},
        {"targets: [a]\n", 1, 10, "targets must be a map", NULL},
        {"targets: {a: x}\n", 1, 14, "a target must be a map", NULL},
        {"targets: {a: {guard: open}}\n", 1, 11, "has no url", NULL},
        {"targets: {a: {url: \"\"}}\n", 1, 20, "url is empty", NULL},
        {"targets: {a: {url: x, gard: open}}\n", 1, 23, "gard", "Did you mean guard?"},
        {"targets: {a: {url: x, guard: readonly}}\n", 1, 30, "readonly", "Did you mean read-only?"},
        {"targets: {a: {url: x, colour: beige}}\n", 1, 31, "beige", "red"},
        {"targets: {embedded: {url: x}}\n", 1, 11, "private cluster", NULL},
        {"targets: {a=b: {url: x}}\n", 1, 11, "name", NULL},
        {"ignore: x\n", 1, 9, "ignore must be a list", NULL},
        {"ignore: [\"table\"]\n", 1, 10, "kind:name", NULL},
        {"ignore: [\":x\"]\n", 1, 10, "kind:name", NULL},
        {"rules: {a.b: x}\n", 1, 14, "a rule must be a map", NULL},
        {"rules: {a.b: {treshold: x}}\n", 1, 15, "treshold", "Did you mean threshold?"},
        {"rules: {a.b: {severity: [x]}}\n", 1, 25, "severity must be a text", NULL},
        {"rules: {a.b: {severity: Two words}}\n", 1, 25, "one word", NULL},
        {"role: a\nrole: b\n", 2, 1, "twice", NULL},
    };
    struct project *project = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        if (load_yaml(project, cases[i].yaml))
            fail_msg("taken: %s", cases[i].yaml);
        const struct error *error = project->error;
        assert_int_equal(error->code, ERROR_SETTINGS);
        assert_string_equal(error->file, "pgdeck.yaml");
        bool is_hinted = !cases[i].hint || (error->hint && strstr(error->hint, cases[i].hint));
        if (error->line != cases[i].line || error->column != cases[i].column ||
            !strstr(error->message, cases[i].message) || !is_hinted)
            fail_msg("%s: %d:%d: %s (%s)", cases[i].yaml, error->line, error->column, error->message, error->hint);
    }
}

static void test_settings_file_trees(void **state)
{
    struct settings *settings =
        load_yaml(*state, "default_target: dev\n"
                          "targets:\n"
                          "  dev:  {url: \"${DB}\", guard: open}\n"
                          "  prod: {url: service=replay_prod, colour: red}\n"
                          "ignore: [\"table:public.x\", \"*:audit.*\", \"!table:audit.events\"]\n"
                          "rules: {migration.hazard: {threshold: long}, a.b: {severity: warning}}\n"
                          "models: {command: [python3, -m, app.ddl]}\n"
                          "role:\n");
    assert_non_null(settings);
    assert_true(settings_has_file(settings));
    size_t count;
    const struct settings_target *targets = settings_targets(settings, &count);
    assert_int_equal(count, 2);
    assert_string_equal(targets[0].name, "dev");
    assert_string_equal(targets[0].guard, "open");
    assert_string_equal(targets[0].missing_variable, "DB");
    assert_int_equal(targets[0].line, 3);
    assert_string_equal(targets[1].url, "service=replay_prod");
    assert_string_equal(targets[1].guard, "confirm");
    assert_string_equal(targets[1].colour, "red");
    assert_null(targets[1].missing_variable);
    const struct settings_ignore *ignores = settings_ignores(settings, &count);
    assert_int_equal(count, 3);
    assert_string_equal(ignores[1].kind, "*");
    assert_string_equal(ignores[1].name, "audit.*");
    assert_false(ignores[1].takes_back);
    assert_true(ignores[2].takes_back);
    assert_string_equal(ignores[2].kind, "table");
    assert_string_equal(settings_rule(settings, "migration.hazard", "threshold"), "long");
    assert_null(settings_rule(settings, "migration.hazard", "severity"));
    const struct settings_rule *rules = settings_rules(settings, &count);
    assert_int_equal(count, 2);
    assert_string_equal(rules[1].rule, "a.b");
    assert_int_equal(rules[1].column, 46);
    const char *const *command = settings_models_command(settings);
    assert_string_equal(command[0], "python3");
    assert_string_equal(command[2], "app.ddl");
    assert_null(command[3]);
    assert_string_equal(settings_text(settings, SETTING_models), "command: python3 -m app.ddl");
    assert_string_equal(settings_value(settings, SETTING_role)->source, "default");
}

static void test_settings_models_folder_of_the_environment_wins_over_a_command(void **state)
{
    struct project *project = *state;
    test_write(project->directory, "pgdeck.yaml", "models: {command: [x]}\n");
    struct settings *settings = load(project, LIST("PGDECK_MODELS=other"), NULL);
    assert_null(settings_models_command(settings));
    assert_string_equal(settings_text(settings, SETTING_models), "other");
}

static void test_settings_file_variables_are_expanded(void **state)
{
    struct project *project = *state;
    test_write(project->directory, "pgdeck.yaml", "role: a_${ONE}_${TWO}$\ntargets: {t: {url: \"host=${ONE}\"}}\n");
    test_write(project->directory, ".env", "ONE=dotenv\nTWO=dotenv\n");
    struct settings *settings = load(project, LIST("TWO=environment${ONE}"), NULL);
    assert_non_null(settings);
    assert_string_equal(settings_text(settings, SETTING_role), "a_dotenv_environment${ONE}$");
    size_t count;
    assert_string_equal(settings_targets(settings, &count)[0].url, "host=dotenv");
}

static void test_settings_errors_do_not_quote_what_may_be_secret(void **state)
{
    static const struct {
        const char *yaml, *dotenv;
    } cases[] = {
        {"lock_timeout: ${X}\n", "X=canary\n"},
        {"targets: {t: {url: u, guard: \"${X}\"}}\n", "X=canary\n"},
        {"", "PGDECK_LOCK_TIMEOUT=canary\n"},
        {"", "PGDECK_LOG_LEVEL=canary\n"},
        {"", "X=\"canary\n"},
        {"", "canary\n"},
        {"", "canary value\n"},
        {"", "X='a'canary\n"},
        {"", "1canary=x\n"},
        {"rules: {a: {severity: \"${X}\"}}\n", "X=Canary canary\n"},
    };
    struct project *project = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        test_write(project->directory, "pgdeck.yaml", cases[i].yaml);
        test_write(project->directory, ".env", cases[i].dotenv);
        if (load(project, NULL, NULL))
            fail_msg("taken: %s %s", cases[i].yaml, cases[i].dotenv);
        const struct error *error = project->error;
        assert_int_equal(error->code, ERROR_SETTINGS);
        assert_int_not_equal(error->line, 0);
        if (strstr(error->message, "canary") || (error->hint && strstr(error->hint, "canary")))
            fail_msg("%s / %s", error->message, error->hint);
    }
}

static void test_settings_variable_scopes(void **state)
{
    struct project *project = *state;
    test_write(project->directory, ".env", "A=1\nB=2\nEMPTY=\n");
    struct settings *settings = load(project, LIST("B=3", "C=", "=x", "D"), NULL);
    const char *source = "untouched";
    assert_null(settings_variable(settings, SCOPE_ENVIRONMENT, "A", &source));
    assert_string_equal(source, "untouched");
    assert_string_equal(settings_variable(settings, SCOPE_DOTENV, "A", &source), "1");
    assert_string_equal(source, ".env:1");
    assert_string_equal(settings_variable(settings, SCOPE_DOTENV, "B", &source), "3");
    assert_string_equal(source, "environment B");
    assert_null(settings_variable(settings, SCOPE_DOTENV, "C", NULL));
    assert_null(settings_variable(settings, SCOPE_DOTENV, "EMPTY", NULL));
}

static void test_settings_wrong_environment_is_named(void **state)
{
    struct project *project = *state;
    assert_null(load(project, LIST("PGDECK_LOCK_TIMEOUT=soon"), NULL));
    assert_int_equal(project->error->code, ERROR_SETTINGS);
    assert_null(project->error->file);
    assert_non_null(strstr(project->error->message, "environment PGDECK_LOCK_TIMEOUT"));
}

static void test_settings_wrong_option_is_usage(void **state)
{
    struct project *project = *state;
    assert_null(load(project, NULL, LIST("colour=never")));
    assert_int_equal(project->error->code, ERROR_USAGE);
    assert_string_equal(project->error->hint, "Did you mean color?");
    assert_null(load(project, NULL, LIST("color=blue")));
    assert_int_equal(project->error->code, ERROR_USAGE);
    assert_non_null(strstr(project->error->message, "option --color"));
}

static void test_settings_directory_has_no_links(void **state)
{
    struct project *project = *state;
    char *link = talloc_asprintf(project, "%s/link", project->directory);
    assert_int_equal(symlink(project->directory, link), 0);
    struct settings_input input = {link, NULL, NULL};
    struct settings *settings = settings_load(project, &input, project->error);
    assert_string_equal(settings_directory(settings), project->directory);
}

static void test_settings_missing_directory_is_a_file_error(void **state)
{
    struct project *project = *state;
    struct settings_input input = {"/nowhere/at/all", NULL, NULL};
    assert_null(settings_load(project, &input, project->error));
    assert_int_equal(project->error->code, ERROR_FILE);
}

static void test_settings_path_is_absolute(void **state)
{
    struct project *project = *state;
    struct settings *settings = load(project, LIST("PGDECK_LOGS=/var/log/x"), NULL);
    char *expected = talloc_asprintf(project, "%s/initdb/create_tables.sql", project->directory);
    assert_string_equal(settings_path(project, settings, SETTING_init), expected);
    assert_string_equal(settings_path(project, settings, SETTING_logs), "/var/log/x");
}

static void test_settings_dotenv_folder_is_passed_over(void **state)
{
    struct project *project = *state;
    test_write(project->directory, ".env/bin/activate", "x");
    assert_non_null(load(project, NULL, NULL));
}

static void test_settings_dangling_file_is_an_error(void **state)
{
    struct project *project = *state;
    char *link = talloc_asprintf(project, "%s/pgdeck.yaml", project->directory);
    assert_int_equal(symlink("gone.yaml", link), 0);
    assert_null(load(project, NULL, NULL));
    assert_int_equal(project->error->code, ERROR_FILE);
}

static void test_dotenv_values(void **state)
{
    static const struct {
        const char *text, *value;
    } cases[] = {
        {"X=plain", "plain"},
        {"X=a b  # comment", "a b"},
        {"X=a#b", "a#b"},
        {"X=#b", "#b"},
        {"X= # comment", ""},
        {"X=", ""},
        {"  export  X = v \r\n", "v"},
        {"\xEF\xBB\xBFX=v", "v"},
        {"# c\n\n \t\nX=v\r\n", "v"},
        {"X='a \"b\" $c \\n # d' # e", "a \"b\" $c \\n # d"},
        {"X=\"a\\n\\t\\\"\\\\\\$b\\x\"", "a\n\t\"\\$b\\x"},
        {"X=\"two\nlines\"\nY=1", "two\nlines"},
        {"X=${Y}", "${Y}"},
        {"X=postgres://u:p@h/d?a=b&c=d", "postgres://u:p@h/d?a=b&c=d"},
        {"X=1\nX=2", "2"},
        {"exportX=1\nX=3", "3"},
        {"export=1\nX=3", "3"},
        {"X=it's", "it's"},
        {"X=\"\"", ""},
    };
    struct error *error = ((struct project *)*state)->error;
    for (size_t i = 0; i < countof(cases); i++) {
        struct dotenv *dotenv = dotenv_parse(*state, ".env", cases[i].text, strlen(cases[i].text), error);
        if (!dotenv)
            fail_msg("%s: %s", cases[i].text, error->message);
        assert_string_equal(dotenv_find(dotenv, "X")->value, cases[i].value);
    }
}

static void test_dotenv_lines_are_counted(void **state)
{
    static const char text[] = "A=\"1\n2\n3\"\r\n\n# x\nB=4\n";
    struct dotenv *dotenv = dotenv_parse(*state, ".env", text, strlen(text), ((struct project *)*state)->error);
    assert_int_equal(dotenv_find(dotenv, "A")->line, 1);
    assert_int_equal(dotenv_find(dotenv, "B")->line, 6);
    assert_null(dotenv_find(dotenv, "C"));
}

static void test_dotenv_malformed_lines_are_refused(void **state)
{
    static const struct {
        const char *text;
        size_t size_bytes;
        int line;
    } cases[] = {
        {"A=1\nB\n", 6, 2},    {"A=1\n=2\n", 7, 2},         {"A=1\n\nB: 2\n", 10, 3}, {"1A=2", 4, 1},
        {"A='x\nB=2\n", 9, 1}, {"A=1\nB=\"x\" y\n", 12, 2}, {"A=1\nB=\0\n", 8, 2},    {"A=1\n\xFF\n", 6, 2},
        {"export A\n", 9, 1},  {"A=\"x\\\"", 6, 1},
    };
    struct project *project = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        if (dotenv_parse(project, ".env", cases[i].text, cases[i].size_bytes, project->error))
            fail_msg("taken: %s", cases[i].text);
        assert_int_equal(project->error->code, ERROR_SETTINGS);
        assert_string_equal(project->error->file, ".env");
        assert_int_equal(project->error->line, cases[i].line);
    }
}

static void test_suggest_nearest_words(void **state UNUSED)
{
    static const char *const words[] = {"apply", "activity", "status", "settings", "diff", "add", NULL};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"aply", "apply"}, {"APPLY", "apply"},   {"statsu", "status"}, {"setings", "settings"},
        {"dif", "diff"},   {"frobnicate", NULL}, {"", NULL},           {"x", NULL},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *nearest = suggest_nearest(cases[i].word, words);
        if (!cases[i].nearest)
            assert_null(nearest);
        else
            assert_string_equal(nearest, cases[i].nearest);
    }
}

static void test_suggest_distance_of_long_words_is_far(void **state UNUSED)
{
    char word[200];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_int_equal(suggest_distance(word, word), INT32_MAX);
    assert_int_equal(suggest_distance("ab", "ba"), 1);
    assert_int_equal(suggest_distance("kitten", "sitting"), 3);
}

static void test_settings_failed_load_leaves_nothing_behind(void **state)
{
    struct project *project = *state;
    test_write(project->directory, "pgdeck.yaml", "targets: {a: {url: x}}\nrole: [x]\n");
    TALLOC_CTX *owner = talloc_new(NULL);
    struct settings_input input = {project->directory, NULL, NULL};
    assert_null(settings_load(owner, &input, project->error));
    assert_int_equal(talloc_total_blocks(owner), 1);
    talloc_free(owner);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_project, close_project)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_settings_defaults_without_any_file),
        TEST(test_settings_table_rows_are_complete),
        TEST(test_settings_later_layers_win),
        TEST(test_settings_durations),
        TEST(test_settings_sizes),
        TEST(test_settings_file_refusals_name_the_place),
        TEST(test_settings_file_trees),
        TEST(test_settings_models_folder_of_the_environment_wins_over_a_command),
        TEST(test_settings_file_variables_are_expanded),
        TEST(test_settings_errors_do_not_quote_what_may_be_secret),
        TEST(test_settings_variable_scopes),
        TEST(test_settings_wrong_environment_is_named),
        TEST(test_settings_wrong_option_is_usage),
        TEST(test_settings_directory_has_no_links),
        TEST(test_settings_missing_directory_is_a_file_error),
        TEST(test_settings_path_is_absolute),
        TEST(test_settings_dotenv_folder_is_passed_over),
        TEST(test_settings_dangling_file_is_an_error),
        TEST(test_dotenv_values),
        TEST(test_dotenv_lines_are_counted),
        TEST(test_dotenv_malformed_lines_are_refused),
        TEST(test_suggest_nearest_words),
        TEST(test_suggest_distance_of_long_words_is_far),
        TEST(test_settings_failed_load_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
