/* settings: every setting, its value and where it came from; the targets; a sample of pgdeck.yaml. Shows no secret. */
#include "store/settings.h"

#include "store/redact.h"
#include "tui/command.h"
#include "tui/sample.h"

#define MASK "***"

/* The value as it may be shown. */
static const char *shown_value(TALLOC_CTX *owner, const struct settings *settings, size_t id)
{
    const struct setting *setting = &settings_table[id];
    const char *text = settings_value(settings, (enum setting_id)id)->text;
    if (setting->secrecy == SETTING_SECRET && *text && strcmp(text, setting->value) != 0)
        return MASK;
    return redact_patterns(owner, text);
}

static json_t *settings_json(TALLOC_CTX *owner, const struct settings *settings)
{
    json_t *array = json_array();
    for (size_t i = 0; i < SETTING_COUNT; i++)
        json_array_append_new(
            array, json_pack("{s:s, s:o, s:s, s:o, s:o, s:b, s:s}", "name", settings_table[i].name, "value",
                             printer_json_text(shown_value(owner, settings, i)), "default", settings_table[i].value,
                             "source", printer_json_text(settings_value(settings, (enum setting_id)i)->source),
                             "variable", printer_json_text(settings_table[i].variable), "secret",
                             settings_table[i].secrecy == SETTING_SECRET, "text", settings_table[i].text));
    return array;
}

/* A target as it would be used, or why it cannot be. */
struct seen_target {
    const char *name, *description, *guard, *source, *problem;
};

/* `name` NULL: the one that is chosen when none is named. */
static struct seen_target look_at(struct command_context *context, const char *name)
{
    struct error *error = error_new(context->memory);
    struct target *target = target_resolve(context->memory, context->deck->settings, name, TARGET_MAY_FALL_BACK, error);
    if (!target)
        return (struct seen_target){.name = name ? redact_patterns(context->memory, name) : NULL,
                                    .problem = error->message};
    return (struct seen_target){
        .name = target->name,
        .description = target->is_embedded ? "the private cluster" : target_describe(context->memory, target),
        .guard = guard_name(target->guard),
        .source = target->source,
    };
}

static json_t *target_json(const struct seen_target *target)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", printer_json_text(target->name), "description",
                     printer_json_text(target->description), "guard", printer_json_text(target->guard), "source",
                     printer_json_text(target->source), "problem", printer_json_text(target->problem));
}

static void print_target(struct printer *printer, const char *label, const struct seen_target *target)
{
    if (target->problem)
        printer_line(printer, ROLE_WARN, "%s%s%s: %s", label, target->name ? " " : "", target->name ? target->name : "",
                     target->problem);
    else
        printer_line(printer, ROLE_PLAIN, "%s %s: %s, %s, from %s", label, target->name, target->description,
                     target->guard, target->source);
}

static void print_settings(struct command_context *context)
{
    const struct settings *settings = context->deck->settings;
    const char **cells = talloc_zero_array(context->memory, const char *, (SETTING_COUNT + 1) * 3);
    cells[0] = "SETTING";
    cells[1] = "VALUE";
    cells[2] = "SOURCE";
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        cells[(i + 1) * 3] = settings_table[i].name;
        cells[(i + 1) * 3 + 1] = shown_value(cells, settings, i);
        cells[(i + 1) * 3 + 2] = settings_value(settings, (enum setting_id)i)->source;
    }
    printer_line(context->printer, ROLE_PLAIN, "project: %s", settings_directory(settings));
    printer_table(context->printer, cells, NULL, SETTING_COUNT + 1, 3);
}

static void print_all(struct command_context *context)
{
    size_t count;
    const struct settings *settings = context->deck->settings;
    const struct settings_target *targets = settings_targets(settings, &count);
    struct seen_target chosen = look_at(context, context->deck->options.database);
    json_t *array = json_array();
    print_settings(context);
    for (size_t i = 0; i < count; i++) {
        struct seen_target target = look_at(context, targets[i].name);
        target.source = talloc_asprintf(context->memory, "%s:%d", targets[i].file, targets[i].line);
        json_array_append_new(array, target_json(&target));
        print_target(context->printer, "target", &target);
    }
    print_target(context->printer, "in use: target", &chosen);
    printer_document(context->printer,
                     json_pack("{s:o, s:b, s:o, s:o, s:o, s:o}", "directory",
                               printer_json_text(settings_directory(settings)), "has_file", settings_has_file(settings),
                               "settings", settings_json(context->memory, settings), "targets", array, "target",
                               target_json(&chosen), "log", printer_json_text(log_path(context->deck->log))));
}

static bool run(struct command_context *context, UNUSED struct error *error)
{
    if (!arguments_has(context->arguments, "sample")) {
        print_all(context);
        return true;
    }
    char *sample = sample_settings(context->memory);
    printer_document(context->printer, json_pack("{s:o}", "sample", printer_json_text(sample)));
    printer_block(context->printer, sample);
    return true;
}

static const struct option options[] = {
    {"sample", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Print a pgdeck.yaml with every setting in it, as a comment."},
};

static const char *const examples[] = {
    "pgdeck settings",
    "pgdeck settings --sample > pgdeck.yaml",
    NULL,
};

const struct command command_settings = {
    .name = "settings",
    .summary = "Show every setting, its value and where it came from.",
    .description =
        "Settings come from, later ones win: their defaults, pgdeck.yaml, .env, the environment, options. Secrets are "
        "masked. The targets of pgdeck.yaml follow, and the target that would be used now and why. Nothing is "
        "connected.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_NONE,
    .run = run,
};
