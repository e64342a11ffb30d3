/* diff: what two mirrors of the schema say differently, and the script that closes it. */
#include "tui/answer.h"
#include "tui/changes.h"
#include "tui/comparing.h"

/* "|schema|extension..." */
static const char kind_words[] =
#define KIND(name) "|" #name
#include "migrate/kinds.def"
#undef KIND
    ;

static json_t *sides_json(const struct comparison *comparison, json_t *(*side)(const struct snapshot *snapshot))
{
    return json_pack("{s:o, s:o}", "from", side(comparison->from->snapshot), "to", side(comparison->to->snapshot));
}

static json_t *left_out(const struct snapshot *snapshot)
{
    return comparing_counts_json(snapshot->left_out, snapshot->left_out_count);
}

static json_t *not_modelled(const struct snapshot *snapshot)
{
    return comparing_counts_json(snapshot->not_modelled, snapshot->not_modelled_count);
}

static json_t *warnings_json(const struct comparison *comparison)
{
    json_t *array = json_array();
    for (const char *const *warning = comparison->warnings; *warning; warning++)
        json_array_append_new(array, printer_json_text(*warning));
    return array;
}

static void answer_json(struct command_context *context, const struct comparison *comparison, const char *script)
{
    json_t *document = json_pack("{s:o, s:o, s:b, s:o, s:o, s:o, s:i, s:o, s:o}", "from",
                                 printer_json_text(mirror_source_name(comparison->from->source)), "to",
                                 printer_json_text(mirror_source_name(comparison->to->source)), "equal",
                                 comparison->diff->change_count == 0, "changes", changes_json(comparison->diff),
                                 "notes", changes_notes_json(comparison->diff), "warnings", warnings_json(comparison),
                                 "not_run", (int)comparison->failed, "left_out", sides_json(comparison, left_out),
                                 "not_modelled", sides_json(comparison, not_modelled));
    if (script)
        json_object_set_new(document, "script", printer_json_text(script));
    printer_document(context->printer, document);
}

static void print_text(struct command_context *context, const struct comparison *comparison)
{
    struct printer *printer = context->printer;
    const char *from = mirror_source_name(comparison->from->source), *to = mirror_source_name(comparison->to->source);
    changes_print(printer, comparison->diff, from, to);
    if (comparison->diff->change_count)
        printer_line(printer, ROLE_HEAD, "%s, from %s to %s", changes_summary(context->memory, comparison->diff), from,
                     to);
    else
        printer_line(printer, ROLE_GOOD, "%s and %s agree: %s compared", from, to,
                     answer_count(context->memory, comparison->compared, "object"));
    for (size_t i = 0; i < comparison->diff->note_count; i++)
        printer_line(printer, ROLE_DIM, "note: %s: %s", comparison->diff->notes[i].name,
                     comparison->diff->notes[i].text);
}

/* What is not modelled, or could not be run, may hide a difference. */
static bool is_strictly_equal(const struct command_context *context, const struct comparison *comparison)
{
    bool is_strict = arguments_has(context->arguments, "strict");
    return !comparison->diff->change_count && !(is_strict && (comparison->not_modelled || comparison->failed));
}

/* Who asks for grants by their kind wants them compared. */
static bool wants_privileges(const struct arguments *arguments)
{
    for (const char *const *name = arguments_values(arguments, "kind"); name && *name; name++)
        if (kind_find(*name)->compared == KIND_PRIVILEGES)
            return true;
    return arguments_has(arguments, "privileges");
}

static bool run(struct command_context *context, struct error *error)
{
    const char *const *words = arguments_operands(context->arguments, NULL);
    bool wants_sql = arguments_has(context->arguments, "sql");
    const struct compare_options options = {
        .mirror = comparing_mirror_options(context),
        .only_kinds = arguments_values(context->arguments, "kind"),
        .privileges = wants_privileges(context->arguments) ? COMPARE_PRIVILEGES : COMPARE_PRIVILEGES_LEFT_OUT,
        .blame = wants_sql && printer_format(context->printer) == PRINTER_TEXT ? BLAME_LEFT_OUT : BLAME_WANTED,
    };
    struct mirror_source *from = comparing_source(context, words[0], error);
    struct mirror_source *to = from ? comparing_source(context, words[1], error) : NULL;
    struct comparison *comparison = to ? comparing_run(context, from, to, &options, error) : NULL;
    if (!comparison)
        return false;
    char *script = wants_sql ? emit_text(context->memory, comparison->script) : NULL;
    answer_json(context, comparison, script);
    if (script)
        printer_block(context->printer, script);
    else
        print_text(context, comparison);
    context->status = is_strictly_equal(context, comparison) ? 0 : 1;
    return true;
}

static const struct option options[] = {
    {"sql", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Print the script that turns FROM into TO, and nothing else."},
    {"kind", 0, OPTION_VALUES, "K", KIND_WORDS, kind_words + 1, "Only differences of this kind; may be repeated."},
    {"privileges", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Compare grants and default privileges, too."},
    {"strict", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Objects that pgdeck does not model, and statements that could not be run, are findings."},
};

static const char *const examples[] = {
    "pgdeck diff models migrations",
    "pgdeck -d production diff live migrations",
    "pgdeck diff --sql old.sql new.sql",
    NULL,
};

const struct command command_diff = {
    .name = "diff",
    .summary = "Compare two mirrors of the schema; show what differs, and why.",
    .description =
        "FROM and TO are each one of models, migrations, init, live (the target), the path of a .sql file, the name of "
        "a target, or a connection string. All but databases are built in a scratch database first; both sides are "
        "built at once. Every difference is told with what it means (breaking, behavioural, performance or cosmetic), "
        "both values and, where migrations are a side, the file and line that last set it. The target is only read.\n\n"
        "A comparison with models covers what the models declare: tables, columns, constraints, indexes and types "
        "always, other kinds and comments where they declare at least one. What is not compared is counted and named "
        "on the standard error.\n\n"
        "With --sql, the script that turns FROM into TO: statements that may lose data are marked. With --kind, only "
        "the statements that close differences of those kinds. Exit status 1 when the sources differ.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"FROM TO", 2, 2, KIND_FILE, NULL, "The two sources: " COMPARING_SOURCES "."},
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_NONE,
    .run = run,
    .needs_besides = comparing_need,
};
