/* See replay.h. */
#include "tests/lib/replay.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/cluster.h"
#include "tests/lib/server.h"

static void give_up(const struct replay_test *test, const char *what)
{
    const struct error *error = test->error;
    fail_msg("%s: %s (%s %s, %s:%d) detail: %s hint: %s", what, error->message ? error->message : "?",
             error_kind(error->code)->name, error->sqlstate, error->file ? error->file : "-", error->line,
             error->detail ? error->detail : "-", error->hint ? error->hint : "-");
}

void replay_test_reopen(struct replay_test *test)
{
    TALLOC_FREE(test->replay);
    TALLOC_FREE(test->scratch);
    test->scratch = scratch_open(test, test->settings, 0, NULL, test->error);
    if (!test->scratch)
        give_up(test, "scratch_open");
}

struct replay_test *replay_test_new(TALLOC_CTX *owner, const char *const *options)
{
    struct replay_test *test = talloc_zero(owner, struct replay_test);
    test->project = test_directory(test);
    test->error = error_new(test);
    const char *environment[] = {talloc_asprintf(test, "HOME=%s", test->project), "PATH=/usr/bin:/bin", NULL};
    struct settings_input input = {.directory = test->project, .environment = environment, .options = options};
    test->settings = settings_load(test, &input, test->error);
    if (!test->settings)
        give_up(test, "settings");
    replay_test_reopen(test);
    return test;
}

void replay_test_write(struct replay_test *test, const char *name, const char *text)
{
    char *path = talloc_asprintf(test, "migrations/%s", name);
    test_write(test->project, path, text);
    talloc_free(path);
}

static void forget(struct replay_test *test)
{
    error_clear(test->error);
    TALLOC_FREE(test->replay);
}

bool replay_test_try(struct replay_test *test)
{
    const struct replay_options options = {.cancel = NULL};
    forget(test);
    test->directory = directory_read(test, test->settings, test->error);
    if (!test->directory)
        give_up(test, "directory");
    test->replay =
        replay_migrations(test, test->scratch, test->directory, test->directory->count, &options, test->error);
    return test->replay;
}

bool replay_test_try_script(struct replay_test *test, const char *text)
{
    const struct replay_options options = {.cancel = NULL};
    forget(test);
    test_write(test->project, "init.sql", text);
    struct script *script =
        script_read(test, talloc_asprintf(test, "%s/init.sql", test->project), "init.sql", 1 << 24, test->error);
    if (!script)
        give_up(test, "script");
    test->replay = replay_script(test, test->scratch, script, &options, test->error);
    return test->replay;
}

struct replay *replay_test_run(struct replay_test *test)
{
    if (!replay_test_try(test))
        give_up(test, "replay");
    return test->replay;
}

struct replay *replay_test_script(struct replay_test *test, const char *text)
{
    if (!replay_test_try_script(test, text))
        give_up(test, "script");
    return test->replay;
}

char *replay_test_ask(struct replay_test *test, const char *sql)
{
    struct connection *connection = scratch_connect(test, test->replay->database, SCRATCH_OWNER, NULL, test->error);
    struct result *result =
        connection ? connection_query(connection, connection, NO_PARAMETERS, test->error, sql) : NULL;
    if (!result)
        give_up(test, sql);
    const char *value = result_value(result);
    char *answer = talloc_strdup(test, value ? value : "");
    talloc_free(connection);
    return answer;
}

void replay_test_findings(struct replay_test *test, const char *expected)
{
    char *text = talloc_strdup(test, "");
    for (size_t i = 0; i < test->replay->findings.count; i++) {
        const struct scratch_finding *finding = &test->replay->findings.items[i];
        text = talloc_asprintf_append(text, "%s%s %s:%d", i ? "; " : "",
                                      finding->what == SCRATCH_FAILED ? "FAILED" : "SKIPPED", finding->file,
                                      finding->line);
        if (strcmp(text, expected) != 0 && strncmp(text, expected, strlen(text)) != 0)
            print_error("%s (%s)\n", finding->message, finding->sqlstate);
    }
    assert_string_equal(text, expected);
}

void replay_test_failed(struct replay_test *test, const char *sqlstate, const char *file, int line, int column)
{
    if (test->replay)
        fail_msg("it succeeded where %s was expected", sqlstate);
    assert_string_equal(test->error->sqlstate, sqlstate);
    assert_non_null(test->error->file);
    assert_string_equal(test->error->file, file);
    assert_int_equal(test->error->line, line);
    assert_int_equal(test->error->column, column);
}

int replay_test_main(int count, char **arguments)
{
    if (count > 1 && !strcmp(arguments[1], CLUSTER_KEEPER_WORD))
        return cluster_keeper_main(count, arguments);
    return -1;
}

int replay_test_set_up(void **state)
{
    *state = replay_test_new(NULL, NULL);
    return 0;
}

int replay_test_tear_down(void **state) { return talloc_free(*state); }
