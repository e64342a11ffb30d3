/* The dispatcher: takes a command line apart, opens what the row needs, enforces its effect, runs it, logs it. The only
 * place that looks at a guard level before a write; what a person must say to it is confirm.c's. */
#include "tui/command.h"

#include "store/clock.h"
#include "store/suggest.h"
#include "tui/help.h"

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "tui/commands.def"
#undef COMMAND
    NULL,
};

const struct option global_options[] = {
    {"project", 'C', OPTION_VALUE, "DIR", KIND_FOLDER, NULL,
     "The project's folder; default: the nearest one upward with pgdeck.yaml or migrations/, else this one."},
    {"database", 'd', OPTION_VALUE, "TARGET", KIND_TARGET, NULL,
     "A target's name from pgdeck.yaml, a libpq connection string or URI, or \"embedded\" for the private cluster."},
    {"json", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "The answer is one JSON document."},
    {"color", 0, OPTION_VALUE, "WHEN", KIND_WORDS, "auto|always|never", "Colour in text; NO_COLOR is honoured."},
    {"quiet", 'q', OPTION_FLAG, NULL, KIND_NONE, NULL, "Only warnings and errors on stderr."},
    {"verbose", 'v', OPTION_FLAG, NULL, KIND_NONE, NULL, "More on stderr, and whole statements in answers."},
    {"read-only", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Refuse every write to the target, whatever its guard level."},
    {"help", 'h', OPTION_FLAG, NULL, KIND_NONE, NULL, "Help about pgdeck or about the command."},
    {"version", 'V', OPTION_FLAG, NULL, KIND_NONE, NULL, "The versions of pgdeck and of libpq."},
};
const size_t global_option_count = countof(global_options);

/* Options of the process, which a command line inside the console cannot change any more. */
static const char *const process_options[] = {"project", "database", "json", "color", "read-only"};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (!strcmp(commands[i]->name, name))
            return commands[i];
    return NULL;
}

bool command_effect_is_write(enum command_effect effect) { return effect >= EFFECT_LEDGER; }

bool command_may_write(const struct command *command)
{
    return command_effect_is_write(command->effect) || command->effect_besides;
}

static const struct command *find_or_refuse(TALLOC_CTX *scratch, const char *word, struct error *error)
{
    const struct command *command = command_find(word);
    if (command)
        return command;
    const char **names = talloc_zero_array(scratch, const char *, countof(commands));
    for (size_t i = 0; commands[i]; i++)
        names[i] = commands[i]->name;
    const char *nearest = suggest_nearest(word, names);
    error_set(error, ERROR_USAGE, "unknown command \"%s\"", word);
    if (nearest)
        error_hint(error, "Did you mean \"%s\"? \"pgdeck help\" lists the commands.", nearest);
    else
        error_hint(error, "\"pgdeck help\" lists the commands.");
    return NULL;
}

/* The words without the one at `index` (and without a "--" in front of it). */
static const char *const *without_command(TALLOC_CTX *owner, const char *const *words, size_t index)
{
    size_t count = 0, kept = 0;
    while (words[count])
        count++;
    const char **rest = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        if (i != index && !(i + 1 == index && !strcmp(words[i], "--")))
            rest[kept++] = words[i];
    return rest;
}

static size_t command_index(const char *const *words)
{
    size_t index = arguments_first_operand(global_options, global_option_count, words);
    return words[index] && !strcmp(words[index], "--") ? index + 1 : index;
}

bool command_parse(TALLOC_CTX *owner, const char *const *words, struct command_line *line, struct error *error)
{
    static const struct operands none = {0};
    size_t index = command_index(words);
    const struct command *command = NULL;
    TALLOC_CTX *scratch = talloc_new(owner);
    if (words[index] && !(command = find_or_refuse(scratch, words[index], error)))
        return false;
    *line = (struct command_line){.command = command};
    /* The rest belongs to `owner`: the arguments point into it. */
    const char *const *rest = without_command(owner, words, index);
    struct arguments *arguments =
        arguments_parse(owner, global_options, global_option_count, command ? command->options : NULL,
                        command ? command->option_count : 0, command ? &command->operands : &none, rest, error);
    talloc_free(scratch);
    bool is_asked_for_help = arguments && (arguments_has(arguments, "help") || arguments_has(arguments, "version"));
    if (arguments && command && command->check && !is_asked_for_help && !command->check(arguments, error))
        arguments = NULL;
    if (!arguments) {
        if (!error->hint)
            error_hint(error, "\"pgdeck help%s%s\" says what may stand here.", command ? " " : "",
                       command ? command->name : "");
        return false;
    }
    line->arguments = arguments;
    return true;
}

/* The setting (the option is its last layer) beats NO_COLOR and the terminal, as https://no-color.org wants it. */
static void choose_colour(struct command_context *context)
{
    const struct setting_value *colour = settings_value(context->deck->settings, SETTING_color);
    if (context->face == FACE_CONSOLE || !colour || colour->layer == LAYER_DEFAULT || !strcmp(colour->text, "auto"))
        return;
    printer_set_colour(context->printer, strcmp(colour->text, "never") ? COLOUR_ON : COLOUR_OFF);
}

static bool refuse_write(const struct command_context *context, struct error *error)
{
    const struct deck *deck = context->deck;
    error_set(error, ERROR_READ_ONLY, "%s would write, and the target \"%s\" is read-only", context->command->name,
              deck->target->name);
    if (deck->options.access == ACCESS_READ_ONLY)
        return error_hint(error, "The program was started with --read-only: leave that out.");
    return error_hint(error, "Its guard level stands in pgdeck.yaml: writes need \"open\" or \"confirm\" there.");
}

static bool is_write(const struct command_context *context)
{
    const struct command *command = context->command;
    return command_effect_is_write(command->effect) ||
           (command->effect_besides && command_effect_is_write(command->effect_besides(context->arguments)));
}

static bool open_target(struct command_context *context, struct error *error)
{
    struct deck *deck = context->deck;
    bool writes = is_write(context);
    bool was_open = deck->pool != NULL;
    bool can_ask = context->person == PERSON_PRESENT || context->face == FACE_CONSOLE;
    enum target_fallback fallback = writes && !can_ask ? TARGET_MUST_BE_NAMED : TARGET_MAY_FALL_BACK;
    if (!deck_resolve_target(deck, fallback, error))
        return false;
    if (writes && deck->guard == GUARD_READ_ONLY)
        return refuse_write(context, error);
    for (const char *const *notice = deck->target->notices; !was_open && notice && *notice; notice++)
        printer_warning(context->printer, "%s", *notice);
    if (!deck_open_target(deck, fallback, context->cancel, error))
        return false;
    if (was_open)
        return true;
    char *described = target_describe(NULL, deck->target);
    printer_detail(context->printer, "target %s: %s (%s)", deck->target->name, described, deck->target->source);
    talloc_free(described);
    return true;
}

static bool open_parts(struct command_context *context, struct error *error)
{
    const struct command *command = context->command;
    enum command_need needs = command->needs, besides = needs;
    if (command->needs_besides)
        besides = command->needs_besides(context->arguments);
    needs = besides > needs ? besides : needs;
    if (needs >= NEEDS_PROJECT && !context->deck->settings) {
        if (!deck_open_project(context->deck, error))
            return false;
        choose_colour(context);
    }
    return needs < NEEDS_TARGET || open_target(context, error);
}

static bool refuse_process_options(const struct command_context *context, struct error *error)
{
    for (size_t i = 0; context->face == FACE_CONSOLE && i < countof(process_options); i++)
        if (arguments_has(context->arguments, process_options[i])) {
            error_set(error, ERROR_USAGE, "--%s cannot be given inside the console", process_options[i]);
            return error_hint(error, "Give it when you start pgdeck.");
        }
    return true;
}

static bool parse_and_run(struct command_context *context, const char *const *words, struct error *error)
{
    struct command_line line = {0};
    context->words = words;
    bool is_parsed = command_parse(context->memory, words, &line, error);
    if (line.command)
        printer_set_command(context->printer, line.command->name);
    if (!is_parsed)
        return false;
    context->command = line.command ? line.command : &command_help;
    context->arguments = line.arguments;
    printer_set_command(context->printer, context->command->name);
    if (!refuse_process_options(context, error))
        return false;
    if (arguments_has(line.arguments, "version")) {
        help_print_version(context->printer);
        return true;
    }
    if (arguments_has(line.arguments, "help") || !line.command) {
        help_print(context->memory, context->printer, line.command);
        return true;
    }
    return open_parts(context, error) && line.command->run(context, error);
}

/* What the on-call must know first is that something stands half done; else that a signal ended it. */
static int failed_status(const struct command_context *context, const struct error *error)
{
    int status = error_exit_status(error);
    int signal_number = cancel_signal(context->cancel);
    bool is_half_done = error->code == ERROR_INCOMPLETE || error->code == ERROR_UNKNOWN_OUTCOME;
    return signal_number && !is_half_done ? 128 + signal_number : status;
}

static void log_command(const struct command_context *context, int status, int64_t duration_ms,
                        const struct error *error)
{
    const struct deck *deck = context->deck;
    if (!deck->log)
        return;
    if (error_is_set(error))
        log_error(deck->log, "command_failed", error);
    json_t *fields = json_pack("{s:s, s:i, s:I}", "command", context->command ? context->command->name : "",
                               "exit_status", status, "duration_ms", (json_int_t)duration_ms);
    if (deck->target) {
        char *described = target_describe(NULL, deck->target);
        json_object_set_new(fields, "target", printer_json_text(described));
        talloc_free(described);
    }
    if (context->run)
        json_object_set_new(fields, "run", printer_json_text(context->run));
    json_object_set_new(fields, "person", printer_json_text(deck->person));
    log_write(deck->log, error_is_set(error) ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "command", fields);
    if (log_problem(deck->log) && context->face == FACE_SCRIPT)
        printer_warning(context->printer, "the log %s is not written: %s", log_path(deck->log), log_problem(deck->log));
}

int command_run(struct command_context *context, const char *const *words)
{
    struct error *error = error_new(context->memory);
    int64_t start_ms = clock_monotonic_ms();
    bool succeeded = parse_and_run(context, words, error);
    int status = succeeded ? context->status : failed_status(context, error);
    if (!succeeded)
        printer_error(context->printer, error, context->document);
    else
        json_decref(context->document);
    context->document = NULL;
    log_command(context, status, clock_monotonic_ms() - start_ms, error);
    return status;
}
