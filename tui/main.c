/* The process: what the system gives (arguments, environment, streams, signals) is taken here and handed down; what
 * comes back is the exit status. Decides nothing about databases. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "migrate/parser.h"
#include "store/cluster.h"
#include "store/redact.h"
#include "tui/command.h"
#include "tui/completion.h"
#include "tui/help.h"
#include "tui/manual.h"

#define REQUESTS_BEFORE_EXIT 2

/* The handler's only way to it: a signal handler takes no argument. */
static struct cancel *process_cancel;

/* The first two ask; whoever asks a third time does not want to wait for the server. */
static void on_signal(int number)
{
    if (atomic_load(&process_cancel->requests) >= REQUESTS_BEFORE_EXIT)
        _exit(128 + number);
    cancel_request(process_cancel, number);
}

/* A signal that is ignored when pgdeck starts (nohup, a background job) stays ignored. */
static void listen_to(int number)
{
    struct sigaction before, action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

static void listen_to_signals(TALLOC_CTX *root)
{
    process_cancel = cancel_new(root);
    if (!process_cancel)
        abort();
    signal(SIGPIPE, SIG_IGN);
    listen_to(SIGINT);
    listen_to(SIGTERM);
    listen_to(SIGHUP);
}

/* A database connection must not become stdout. What was closed stays unusable: opened the wrong way round. */
static void occupy_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(error_kind(ERROR_INTERNAL)->exit_status);
}

/* A URI with a % may spell a password in a way that no pattern knows (pass%77ord=). */
static bool may_hold_secret(const char *word, const char *redacted)
{
    return strcmp(redacted, word) != 0 || (strstr(word, "://") && strchr(word, '%'));
}

/* Copies the words, and wipes those that hold a password from where every process of the machine can read them. */
static const char **take_words(TALLOC_CTX *owner, int count, char **arguments)
{
    const char **words = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (int i = 1; i < count; i++) {
        char *redacted = redact_patterns(words, arguments[i]);
        words[i - 1] = talloc_strdup(words, arguments[i]);
        if (may_hold_secret(arguments[i], redacted))
            memset(arguments[i], 'x', strlen(arguments[i]));
        talloc_free(redacted);
    }
    return words;
}

static bool is_colourful(int fd)
{
    const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fd) && !(refused && *refused) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

/* For a command line that cannot be parsed, so that a script gets its document all the same. */
static bool mentions_json(const char *const *words)
{
    for (; *words && strcmp(*words, "--") != 0; words++)
        if (!strcmp(*words, "--json"))
            return true;
    return false;
}

static struct printer *make_printer(TALLOC_CTX *root, const char *const *words, const struct arguments *arguments)
{
    struct printer_options options = {
        .answer = stdout,
        .narration = stderr,
        .format = (arguments ? arguments_has(arguments, "json") : mentions_json(words)) ? PRINTER_JSON : PRINTER_TEXT,
        .verbosity = PRINTER_NORMAL,
        .answer_colour = is_colourful(STDOUT_FILENO) ? COLOUR_ON : COLOUR_OFF,
        .narration_colour = is_colourful(STDERR_FILENO) ? COLOUR_ON : COLOUR_OFF,
    };
    if (arguments && arguments_has(arguments, "quiet"))
        options.verbosity = PRINTER_QUIET;
    else if (arguments && arguments_has(arguments, "verbose"))
        options.verbosity = PRINTER_VERBOSE;
    struct printer *printer = printer_new(root, &options);
    const char *colour = arguments ? arguments_value(arguments, "color") : NULL;
    if (colour && strcmp(colour, "auto") != 0)
        printer_set_colour(printer, strcmp(colour, "never") ? COLOUR_ON : COLOUR_OFF);
    return printer;
}

/* Settings that are options too, as settings_load takes them. */
static const char *const *settings_given(TALLOC_CTX *owner, const struct arguments *arguments)
{
    const char **given = talloc_zero_array(owner, const char *, SETTING_COUNT + 1);
    size_t count = 0;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *option = settings_table[i].option;
        const char *value = option ? arguments_value(arguments, option + strlen("--")) : NULL;
        if (value)
            given[count++] = talloc_asprintf(given, "%s=%s", settings_table[i].name, value);
    }
    return given;
}

static struct deck *make_deck(TALLOC_CTX *root, const struct arguments *arguments)
{
    struct deck_options options = {.environment = (const char *const *)environ};
    if (arguments) {
        options.project = arguments_value(arguments, "project");
        options.database = arguments_value(arguments, "database");
        options.access = arguments_has(arguments, "read-only") ? ACCESS_READ_ONLY : ACCESS_AS_GUARDED;
        options.settings = settings_given(root, arguments);
    }
    return deck_new(root, &options);
}

/* The words with "console" behind them. */
static const char *const *with_console(TALLOC_CTX *owner, const char *const *words)
{
    size_t count = 0;
    while (words[count])
        count++;
    const char **all = talloc_zero_array(owner, const char *, (unsigned)count + 2);
    memcpy(all, words, count * sizeof *words);
    all[count] = command_console.name;
    return all;
}

static int refuse_without_command(TALLOC_CTX *root, struct printer *printer)
{
    struct error *error = error_new(root);
    error_set(error, ERROR_USAGE, "a command is missing, and the console needs a terminal");
    error_hint(error, "\"pgdeck help\" lists the commands.");
    if (printer_format(printer) == PRINTER_TEXT)
        fputs(help_usage(root), stderr);
    printer_error(printer, error, NULL);
    return error_exit_status(error);
}

/* An answer that did not get out makes the command a failure, but never hides a worse one. */
static int finish(TALLOC_CTX *root, struct printer *printer, int status)
{
    struct error *error = error_new(root);
    if (printer_finish(printer, error))
        return status;
    char *text = printer_error_text(root, error);
    fputs(text, stderr);
    return status ? status : error_exit_status(error);
}

static int run_command(TALLOC_CTX *root, const char *const *words)
{
    struct command_line line = {0};
    bool is_parsed = command_parse(root, words, &line, error_new(root));
    struct printer *printer = make_printer(root, words, is_parsed ? line.arguments : NULL);
    bool is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (is_parsed && !line.command && !arguments_has(line.arguments, "help") &&
        !arguments_has(line.arguments, "version")) {
        if (!is_terminal)
            return finish(root, printer, refuse_without_command(root, printer));
        words = with_console(root, words);
    }
    struct command_context context = {
        .memory = talloc_named_const(root, 0, "command"),
        .deck = make_deck(root, is_parsed ? line.arguments : NULL),
        .printer = printer,
        .cancel = process_cancel,
        .confirm = command_confirm_script,
        .face = FACE_SCRIPT,
        .person = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) ? PERSON_PRESENT : PERSON_ABSENT,
    };
    int status = command_run(&context, words);
    talloc_free(context.memory);
    return finish(root, printer, status);
}

/* What the shells' scripts ask: see completion.h. Says nothing where something is wrong. */
static int complete(TALLOC_CTX *root, const char *const *words)
{
    struct completion *completion = completion_find(root, words);
    struct deck_options options = {.environment = (const char *const *)environ};
    for (size_t i = 0; words[i] && words[i + 1]; i++)
        if (!strcmp(words[i], "-C") || !strcmp(words[i], "--project"))
            options.project = words[i + 1];
    struct deck *deck = deck_new(root, &options);
    bool needs_project = completion->kind == KIND_TARGET || completion->kind == KIND_VERSION;
    if (needs_project && deck_open_project(deck, error_new(root)))
        completion_add_project(completion, deck->settings);
    fputs(completion_answer(root, completion), stdout);
    return fflush(stdout) == EOF;
}

static int generate(TALLOC_CTX *root, const char *const *words)
{
    struct error *error = error_new(root);
    if (!words[0] || strcmp(words[0], "manual") != 0)
        error_set(error, ERROR_USAGE, MANUAL_WORD " takes one word: manual");
    else if (manual_fill(stdin, stdout, error))
        return 0;
    char *text = printer_error_text(root, error);
    fputs(text, stderr);
    return error_exit_status(error);
}

int main(int count, char **arguments)
{
    if (count == 2 && !strcmp(arguments[1], PARSER_WORD))
        return parser_main();
    if (count > 1 && !strcmp(arguments[1], CLUSTER_KEEPER_WORD))
        return cluster_keeper_main(count, arguments);
    occupy_standard_descriptors();
    setlocale(LC_ALL, "");
    TALLOC_CTX *root = talloc_named_const(NULL, 0, "process");
    const char *const *words = take_words(root, count, arguments);
    listen_to_signals(root);
    int status;
    if (words[0] && !strcmp(words[0], COMPLETION_WORD))
        status = complete(root, words + 1);
    else if (words[0] && !strcmp(words[0], MANUAL_WORD))
        status = generate(root, words + 1);
    else
        status = run_command(root, words);
    talloc_free(root);
    return status;
}
