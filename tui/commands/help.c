/* help: see tui/help.h, which has the text. */
#include "tui/help.h"

#include "tui/command.h"

static bool run(struct command_context *context, struct error *error)
{
    size_t count;
    const char *const *operands = arguments_operands(context->arguments, &count);
    const struct command *command = count ? command_find(operands[0]) : NULL;
    if (count && !command) {
        struct command_line line;
        return command_parse(context->memory, operands, &line, error);
    }
    help_print(context->memory, context->printer, command);
    return true;
}

static const char *const examples[] = {"pgdeck help", "pgdeck help apply", NULL};

const struct command command_help = {
    .name = "help",
    .summary = "Say what the commands do.",
    .description = "Without a command: all commands, the global options and the exit statuses. With one: its options "
                   "and examples, as "
                   "\"pgdeck COMMAND --help\" does. With --json the same as data.",
    .examples = examples,
    .operands = {"[COMMAND]", 0, 1, KIND_COMMAND, NULL, "The command to explain."},
    .needs = NEEDS_NOTHING,
    .effect = EFFECT_NONE,
    .run = run,
};
