/* plan: what an apply would do, and nothing of it done. */
#include "tui/planning.h"

static bool run(struct command_context *context, struct error *error)
{
    struct planning planning;
    if (!planning_read(context, &planning, error))
        return false;
    struct printer *printer = context->printer;
    const struct plan *plan = planning.plan;
    const char *out = arguments_value(context->arguments, "out");
    if (out && !plan_file_write(out, plan, &planning.selection, error))
        return false;
    printer_document(printer, planning_json(&planning));
    printer_line(printer, ROLE_HEAD, "%s", answer_target_text(context->memory, &planning.target));
    if (!plan->count) {
        printer_line(printer, ROLE_GOOD, "nothing to apply%s", plan->remaining ? " of what was asked for" : "");
        return true;
    }
    const char *const *lines = planning_lines(context->memory, plan, printer_verbosity(printer));
    for (size_t i = 0; lines[i]; i++)
        printer_line(printer, ROLE_PLAIN, "%s", lines[i]);
    const char *const *found = planning_preflight_lines(context->memory, planning.preflight);
    for (size_t i = 0; found[i]; i++)
        printer_line(printer, ROLE_WARN, "%s", found[i]);
    printer_line(printer, ROLE_PLAIN, "plan %s: %s, %s; %zu pending would remain", plan->id,
                 answer_count(context->memory, plan->count, "migration"),
                 answer_count(context->memory, plan->statement_count, "statement"), plan->remaining);
    if (out)
        printer_line(printer, ROLE_PLAIN, "written to %s: `pgdeck apply --plan` applies exactly this", out);
    return true;
}

static const struct option options[] = {
    PLANNING_OPTIONS,
    {"out", 'o', OPTION_VALUE, "FILE", KIND_FILE, NULL, "Write the plan to a file, for `apply --plan`."},
};

static const char *const examples[] = {
    "pgdeck plan",
    "pgdeck -v plan --to 012",
    "pgdeck --json plan | jq '.steps[].file'",
    "pgdeck -d production plan --to 012 --out release.plan",
    NULL,
};

const struct command command_plan = {
    .name = "plan",
    .summary = "Show the steps that an apply would take.",
    .description =
        "Lists the files that are pending, in order, with their statements and timeouts, and the "
        "fingerprint of all that "
        "the plan depends on. Runs none of them on the target. Each statement is run in a scratch copy of the "
        "target's schema, and what it locks, rewrites, scans and drops is shown below it; where that could "
        "not be measured it says why. What cannot be applied as it stands (a changed file, a "
        "missing one, one "
        "out of order) is refused with exit status 4, as apply would refuse it.\n\n"
        "Measuring has limits. The copy holds no rows but those that migrations insert: it does not show what fails only on rows, how long something "
        "takes, row locks, how many rows are written, which tables a join reads whole, or what a block of code does where there are rows. What runs outside a "
        "transaction is watched, so that its locks are those that were seen at least. Code that a later use runs (a trigger that is made, a function that is "
        "called only then) is not seen; what a trigger or function does and sets when the statement runs it, is. Statements about roles, databases, "
        "tablespaces, subscriptions and other servers are not run. Another major version or a missing extension is warned of. GRANT and the like take no lock, "
        "but may fail where two change the same object at once.\n\n"
        "With --out the plan is written to a file too, to be reviewed: \"apply --plan\" applies exactly it, or says "
        "what has changed since.\n\n"
        "With --verbose the statements are shown whole.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_TARGET,
    .effect = EFFECT_NONE,
    .run = run,
    .check = planning_check,
};
