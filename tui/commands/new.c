/* new: the next migration file and its documentation entry; empty, or with the SQL that takes the migrations' schema to
 * the models'. */
#include "migrate/draft.h"
#include "migrate/scaffold.h"

#include "store/clock.h"
#include "tui/answer.h"
#include "tui/changes.h"
#include "tui/comparing.h"

static char *join(TALLOC_CTX *owner, const char *const *words)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; words[i]; i++)
        text = talloc_asprintf_append_buffer(text, "%s%s", i ? " " : "", words[i]);
    return text;
}

static void answer(struct command_context *context, const struct scaffold_result *result, const struct draft *draft,
                   const struct diff *diff)
{
    json_t *document =
        json_pack("{s:o, s:o, s:o}", "version", printer_json_text(result->version), "file",
                  printer_json_text(result->file), "documentation", printer_json_text(result->documentation));
    if (diff)
        json_object_update_new(document,
                               json_pack("{s:i, s:b, s:o}", "statements", draft ? (int)draft->statement_count : 0,
                                         "loses_data", draft && draft->loses_data, "changes", changes_json(diff)));
    printer_document(context->printer, document);
    if (result->file)
        printer_line(context->printer, ROLE_PLAIN, "%s", result->file);
}

static bool finish(struct command_context *context, const struct scaffold_result *result, const struct draft *draft,
                   const struct diff *diff)
{
    answer(context, result, draft, diff);
    if (draft)
        printer_note(context->printer, "it closes %s; read it before it is applied",
                     changes_summary(context->memory, diff));
    if (draft && draft->loses_data)
        printer_warning(context->printer, "it loses data: look for \"LOSES DATA\" in %s", result->file);
    printer_note(context->printer, "%s has an entry for it: say there what it is for, and what to mind",
                 result->documentation);
    return true;
}

static bool make_empty(struct command_context *context, const char *description, struct error *error)
{
    struct scaffold_result *result =
        scaffold_new(context->memory, context->deck->settings, description, clock_wall_us(), error);
    return result && finish(context, result, NULL, NULL);
}

static const char *body_of(TALLOC_CTX *owner, const struct draft *draft)
{
    return talloc_asprintf(
        owner, "-- Made of the difference between the migrations and the models. Say why it is made.\n%s", draft->body);
}

static bool make_from_diff(struct command_context *context, const char *description, struct error *error)
{
    const struct compare_options options = {.mirror = comparing_mirror_options(context)};
    struct mirror_source *from = comparing_source(context, "migrations", error);
    struct mirror_source *to = from ? comparing_source(context, "models", error) : NULL;
    struct comparison *comparison = to ? comparing_run(context, from, to, &options, error) : NULL;
    if (!comparison)
        return false;
    if (!comparison->diff->change_count) {
        answer(context, &(struct scaffold_result){NULL, NULL, NULL}, NULL, comparison->diff);
        printer_line(context->printer, ROLE_GOOD, "the migrations lead to what the models say: there is nothing to do");
        return true;
    }
    struct draft *draft = draft_make(context->memory, comparison, &options, error);
    struct scaffold_result *result =
        draft ? scaffold_with(context->memory, context->deck->settings, description, body_of(context->memory, draft),
                              draft->measured, clock_wall_us(), error)
              : NULL;
    return result && finish(context, result, draft, comparison->diff);
}

static bool run(struct command_context *context, struct error *error)
{
    char *description = join(context->memory, arguments_operands(context->arguments, NULL));
    if (!scaffold_check(description, error))
        return false;
    return arguments_has(context->arguments, "from-diff") ? make_from_diff(context, description, error)
                                                          : make_empty(context, description, error);
}

static const struct option options[] = {
    {"from-diff", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Write the SQL into it that takes the migrations' schema to the models'."},
};

static const char *const examples[] = {
    "pgdeck new add index on orders",
    "pgdeck new --from-diff follow the models",
    NULL,
};

const struct command command_new = {
    .name = "new",
    .summary = "Make the next migration file and its documentation entry.",
    .description =
        "Makes a migration with the next free version and appends its entry to the migrations' documentation. Prints "
        "the file's path. Nothing that exists is written over.\n\n"
        "With --from-diff the file holds the SQL that takes the migrations' schema to the models'. It was run twice in "
        "a scratch database before: the first run ended at the models' schema, the second changed nothing. What loses "
        "data is marked in the file, and warned of. Where migrations and models agree, no file is made. "
        "What it locks, and what that means for others, was measured meanwhile and stands as a list in the entry's "
        "safety notes.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"DESCRIPTION", 1, -1, KIND_NONE, NULL, "What it does, in a few words; they become the file's name."},
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_FILES,
    .run = run,
};
