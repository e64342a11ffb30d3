/* The command "console": the full-screen face. */
#include "tui/console.h"

#include "tui/command.h"

static bool run(struct command_context *context, struct error *error)
{
    struct console_options options = {.script = arguments_value(context->arguments, "script")};
    return console_main(context->deck, &options, &context->status, error);
}

static const struct option options[] = {
    {"script", 0, OPTION_VALUE, "FILE", KIND_FILE, NULL,
     "Play keys and commands from a file and save screens; then quit. Needs no terminal."},
};

static const char *const examples[] = {"pgdeck", "pgdeck -d shop console", "pgdeck console --script tour.keys", NULL};

const struct command command_console = {
    .name = "console",
    .summary = "The full-screen console.",
    .description =
        "Shows the target, its migrations and their history on the whole screen, plans and applies after a "
        "confirmation, and runs every other command behind \":\". On a terminal it is what pgdeck does when no command "
        "is given. The key ? lists the keys.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_NONE,
    .run = run,
};
