/* completion: the script that makes a shell complete pgdeck's words. */
#include "tui/completion.h"

#include "tui/command.h"

static bool run(struct command_context *context, UNUSED struct error *error)
{
    const char *shell = arguments_operands(context->arguments, NULL)[0];
    const char *script = completion_script(shell);
    printer_document(context->printer, json_pack("{s:s, s:s}", "shell", shell, "script", script));
    printer_block(context->printer, script);
    return true;
}

static const char *const examples[] = {
    "source <(pgdeck completion bash)",
    "pgdeck completion fish > ~/.config/fish/completions/pgdeck.fish",
    NULL,
};

const struct command command_completion = {
    .name = "completion",
    .summary = "Print the script for completion in a shell.",
    .description = "The script asks pgdeck itself what may stand at the cursor: commands, options, words, the "
                   "project's targets and "
                   "versions. It connects to nothing.",
    .examples = examples,
    .operands = {"SHELL", 1, 1, KIND_WORDS, "bash|zsh|fish", "The shell: bash, zsh or fish."},
    .needs = NEEDS_NOTHING,
    .effect = EFFECT_NONE,
    .run = run,
};
