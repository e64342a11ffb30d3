/* Before a write: guards, confirmation with and without a terminal. And what must hold of the process whatever it does:
 * signals, secrets, an answer that cannot be written, completion in a real shell. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/deck.h"

static struct deck_scene *scene;

static int start(void **state)
{
    *state = talloc_new(NULL);
    scene = deck_scene_start(*state);
    return 0;
}

static int stop(void **state)
{
    json_decref(scene->document);
    talloc_free(*state);
    return 0;
}

static int reset(void **state)
{
    (void)state;
    deck_scene_reset(scene);
    return 0;
}

static bool is_applied(void) { return oracle_says(scene->oracle, "SELECT to_regclass('second') IS NOT NULL"); }

/* How a write is refused without a terminal, and with what way out. */
static const struct {
    const char *const words[8];
    int status;
    const char *code, *hint;
} refusals[] = {
    {{"--json", "-d", "open", "apply"}, 4, "confirmation", "Repeat it as: pgdeck -C "},
    {{"--json", "-d", "open", "apply", "--confirm", "shop2"}, 4, "confirmation", "the target that you mean"},
    {{"--json", "-d", "careful", "apply"}, 4, "confirmation", " -d careful apply --confirm " DECK_DATABASE},
    {{"--json", "-d", "careful", "apply", "--yes"}, 4, "confirmation", " -d careful apply --confirm " DECK_DATABASE},
    {{"--json", "-d", "careful", "apply", "--confirm", "Shop"}, 4, "confirmation", NULL},
    {{"--json", "-d", "careful", "apply", "--dry-run"}, 4, "confirmation", "--confirm"},
    {{"--json", "-d", "careful", "mark", "1", "--applied", "--reason=x"}, 4, "confirmation", "--confirm"},
    {{"--json", "-d", "locked", "apply", "--confirm", DECK_DATABASE}, 4, "read_only", "guard level"},
    {{"--json", "-d", "open", "--read-only", "apply", "--yes"}, 4, "read_only", "--read-only"},
    {{"--json", "-d", "locked", "bootstrap", "--yes"}, 4, "read_only", "guard level"},
    {{"--json", "apply", "--yes"}, 2, "usage", "embedded"},
    {{"--json", "-d", "nosuch", "apply", "--yes"}, 2, "usage", NULL},
};

static void test_write_without_leave_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(refusals); i++) {
        deck_scene_run(scene, refusals[i].status, refusals[i].words);
        assert_string_equal(deck_scene_text(scene, "error.code"), refusals[i].code);
        if (refusals[i].hint && !strstr(deck_scene_text(scene, "error.hint"), refusals[i].hint))
            fail_msg("\"%s\" is not in the hint: %s", refusals[i].hint, scene->program->out);
        assert_false(is_applied());
    }
}

/* What is enough. */
static const struct {
    const char *const words[8];
} leaves[] = {
    {{"-d", "open", "apply", "--yes"}},
    {{"-d", "open", "apply", "--confirm", DECK_DATABASE}},
    {{"-d", "careful", "apply", "--confirm", DECK_DATABASE}},
    {{"-d", "careful", "--confirm=" DECK_DATABASE, "--yes", "apply"}},
};

static void test_write_with_leave_is_done(void **state)
{
    for (size_t i = 0; i < countof(leaves); i++) {
        reset(state);
        deck_scene_run(scene, 0, leaves[i].words);
        assert_true(is_applied());
    }
}

static void test_bare_connection_string_is_confirm(void **state)
{
    (void)state;
    test_write(scene->project, "pgdeck.yaml", "");
    DECK_RUN(scene, 4, "-d", scene->target, "apply", "--yes");
    assert_false(is_applied());
    DECK_RUN(scene, 0, "-d", scene->target, "apply", "--confirm", DECK_DATABASE);
    assert_true(is_applied());
}

static void test_nothing_to_do_asks_nothing(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    DECK_RUN(scene, 0, "-d", "careful", "apply");
}

/* pgdeck on a terminal of its own. */
struct session {
    pid_t pid;
    int fd;
    char *output;
};

static struct session start_on_terminal(const char *const *words)
{
    struct session session = {.output = talloc_strdup(scene, "")};
    const char *all[16] = {program_path(), "-C", scene->project};
    for (size_t i = 0; words[i]; i++)
        all[i + 3] = words[i];
    char **copy = talloc_zero_array(scene, char *, countof(all));
    for (size_t i = 0; all[i]; i++)
        copy[i] = talloc_strdup(copy, all[i]);
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    session.pid = forkpty(&session.fd, NULL, NULL, &size);
    if (session.pid == 0) {
        setenv("TERM", "dumb", 1);
        signal(SIGINT, SIG_DFL);
        execv(copy[0], copy);
        _exit(127);
    }
    return session;
}

/* Reads until `text` has come (NULL: until the end). */
static void read_until(struct session *session, const char *text)
{
    struct pollfd wait = {.fd = session->fd, .events = POLLIN};
    while (!text || !strstr(session->output, text)) {
        char buffer[1024];
        if (poll(&wait, 1, DECK_PATIENCE_MS) <= 0)
            fail_msg("\"%s\" did not come: %s", text ? text : "the end", session->output);
        ssize_t size = read(session->fd, buffer, sizeof buffer);
        if (size <= 0 && text)
            fail_msg("ended before \"%s\": %s", text, session->output);
        if (size <= 0)
            return;
        session->output = talloc_strndup_append_buffer(session->output, buffer, (size_t)size);
    }
}

static void type(const struct session *session, const char *text)
{
    assert_int_equal(write(session->fd, text, strlen(text)), strlen(text));
}

static int end(struct session *session)
{
    int status;
    read_until(session, NULL);
    assert_int_equal(waitpid(session->pid, &status, 0), session->pid);
    close(session->fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct {
    const char *target, *prompt, *answer;
    int status;
    bool is_applied;
} questions[] = {
    {"open", "Apply 2 migrations (3 statements) to open, ", "\n", 4, false},
    {"open", "[y/N] ", "n\n", 4, false},
    {"open", "[y/N] ", DECK_DATABASE "\n", 4, false},
    {"open", "[y/N] ", "\004", 4, false},
    {"open", "[y/N] ", "\003", 130, false},
    {"open", "[y/N] ", "y\n", 0, true},
    {"careful", "Type the name of the database, " DECK_DATABASE ": ", "y\n", 4, false},
    {"careful", DECK_DATABASE ": ", "\n", 4, false},
    {"careful", DECK_DATABASE ": ", DECK_DATABASE "\n", 0, true},
};

static void test_question_on_a_terminal(void **state)
{
    for (size_t i = 0; i < countof(questions); i++) {
        struct session session = start_on_terminal((const char *const[]){"-d", questions[i].target, "apply", NULL});
        read_until(&session, questions[i].prompt);
        assert_non_null(strstr(session.output, "migrations/002_second.sql"));
        type(&session, questions[i].answer);
        int status = end(&session);
        if (status != questions[i].status)
            fail_msg("question %zu: exit status %d: %s", i, status, session.output);
        assert_true(is_applied() == questions[i].is_applied);
        reset(state);
    }
}

static void test_what_was_shown_is_what_runs(void **state)
{
    (void)state;
    struct session session = start_on_terminal((const char *const[]){"-d", "open", "apply", NULL});
    read_until(&session, "[y/N] ");
    DECK_RUN(scene, 0, "-d", "open", "apply", "--to", "1", "--yes");
    type(&session, "y\n");
    assert_int_equal(end(&session), 4);
    assert_false(is_applied());
}

static void test_signal_ends_an_apply_with_128_and_rolls_back(void **state)
{
    (void)state;
    deck_scene_write(scene, "003_third.sql", "CREATE TABLE third (id integer);\nSELECT pg_sleep(600);\n");
    deck_scene_start_program(scene, NULL, (const char *const[]){"--json", "-d", "open", "apply", "--yes", NULL});
    assert_true(oracle_wait(scene->oracle, DECK_PATIENCE_MS,
                            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"));
    kill(scene->program->pid, SIGTERM);
    deck_scene_finish(scene, 128 + SIGTERM);
    assert_string_equal(deck_scene_text(scene, "error.code"), "cancelled");
    assert_string_equal(deck_scene_text(scene, "failed.version"), "003");
    assert_string_equal(deck_scene_text(scene, "applied.1.version"), "002");
    assert_false(oracle_says(scene->oracle, "SELECT to_regclass('third') IS NOT NULL"));
    assert_false(
        oracle_says(scene->oracle, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"));
}

static char *read_process_words(pid_t pid)
{
    char *path = talloc_asprintf(scene, "/proc/%d/cmdline", (int)pid), *words = talloc_zero_array(scene, char, 4096);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(words, 1, 4095, file);
    fclose(file);
    for (size_t i = 0; i < size; i++)
        if (!words[i])
            words[i] = ' ';
    return words;
}

static void test_password_on_the_command_line_is_seen_nowhere(void **state)
{
    (void)state;
    DECK_RUN(scene, 0, "-d", "open", "apply", "--yes");
    /* In a session of its own: within a transaction pg_stat_activity does not change. */
    struct oracle *holder = oracle_open(scene, scene->server, DECK_DATABASE);
    oracle_execute(holder, "BEGIN; LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE");
    char *target = talloc_asprintf(scene, "%s password=geheim-7", scene->target);
    deck_scene_start_program(scene, NULL, (const char *const[]){"-v", "-d", target, "status", NULL});
    assert_true(oracle_wait(scene->oracle, DECK_PATIENCE_MS,
                            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')"));
    char *words = read_process_words(scene->program->pid);
    assert_null(strstr(words, "geheim"));
    assert_non_null(strstr(words, "status"));
    talloc_free(holder);
    deck_scene_finish(scene, 0);
    assert_non_null(strstr(scene->program->err, "warning: a password on the command line"));
    assert_null(strstr(scene->program->err, "geheim"));
    assert_null(strstr(scene->program->out, "geheim"));
    deck_scene_write(scene, "003_third.sql", "SELECT 1;\n");
    DECK_RUN(scene, 4, "-d", target, "apply");
    assert_null(strstr(scene->program->err, "geheim"));
    char *search = talloc_asprintf(scene, "grep -rq geheim '%s'", scene->project);
    assert_int_not_equal(system(search), 0);
}

/* What a shell does with pgdeck: %s is the program. */
static const struct {
    const char *line;
    int status;
} shells[] = {
    {"%s help > /dev/full 2>/dev/null", 2},
    {"%s help >&- 2>/dev/null", 2},
    {"%s --json help > /dev/full 2>/dev/null", 2},
    {"%s -C /nowhere/at/all status 2>/dev/null", 2},
    {"%s </dev/null >/dev/null 2>&1", 2},
    {"%s help <&- >/dev/null 2>&-", 0},
    {"%s help 2>&1 >/dev/full | grep -q 'No space left'", 0},
    {"%s --generate manual < man/pgdeck.1 | mandoc -T lint -W warning", 0},
    {"%s --generate nonsense < man/pgdeck.1 2>/dev/null", 2},
};

static void test_streams_of_a_shell(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(shells); i++) {
        const char *place = strstr(shells[i].line, "%s");
        char *line = talloc_asprintf(scene, "'%s'%s", program_path(), place + 2);
        int status = system(line);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != shells[i].status)
            fail_msg("%s: %d", line, WEXITSTATUS(status));
    }
}

/* The line up to the cursor, and what bash offers for it, sorted. */
static const struct {
    const char *words, *offered;
} lines[] = {
    {"pgdeck sta", "status"},
    {"pgdeck cluster st", "start status stop"},
    {"pgdeck -d ''", "careful embedded locked open"},
    {"pgdeck apply --to 00", "001 002"},
    {"pgdeck --color = al", "always"},
    {"pgdeck apply --dry", "--dry-run"},
};

static void test_completion_works_in_bash(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(lines); i++) {
        char *script = talloc_asprintf(
            scene,
            "cd '%s' && mkdir -p bin && ln -sf '%s' bin/pgdeck && PATH=$PWD/bin:$PATH && "
            "source <(pgdeck completion bash) && COMP_WORDS=(%s) COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) && "
            "_pgdeck && got=$(printf '%%s\\n' \"${COMPREPLY[@]}\" | LC_ALL=C sort | paste -sd ' ') && "
            "[ \"$got\" = '%s' ] || { echo \"$got\"; exit 1; }",
            scene->project, program_path(), lines[i].words, lines[i].offered);
        test_write(scene->project, "complete.sh", script);
        if (system(talloc_asprintf(scene, "bash '%s/complete.sh'", scene->project)) != 0)
            fail_msg("%s does not offer %s", lines[i].words, lines[i].offered);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_write_without_leave_is_refused, reset),
        cmocka_unit_test(test_write_with_leave_is_done),
        cmocka_unit_test_setup(test_bare_connection_string_is_confirm, reset),
        cmocka_unit_test_setup(test_nothing_to_do_asks_nothing, reset),
        cmocka_unit_test_setup(test_question_on_a_terminal, reset),
        cmocka_unit_test_setup(test_what_was_shown_is_what_runs, reset),
        cmocka_unit_test_setup(test_signal_ends_an_apply_with_128_and_rolls_back, reset),
        cmocka_unit_test_setup(test_password_on_the_command_line_is_seen_nowhere, reset),
        cmocka_unit_test_setup(test_streams_of_a_shell, reset),
        cmocka_unit_test_setup(test_completion_works_in_bash, reset),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
