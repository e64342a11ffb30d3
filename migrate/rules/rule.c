/* See rule.h: what a judge says. */
#include "migrate/rules/rule.h"

#include <stdarg.h>

#include "migrate/rules/place.h"

static const char *copy(const struct rule_case *rule_case, const char *text)
{
    return talloc_strdup(rule_case->memory, text);
}

void rule_find(struct rule_case *rule_case, const struct rule_finding *finding)
{
    struct rule_result *result = rule_case->result;
    result->findings =
        talloc_realloc(rule_case->memory, result->findings, struct rule_finding, (unsigned)result->count + 1);
    if (!result->findings)
        abort();
    result->findings[result->count++] = (struct rule_finding){
        .message = copy(rule_case, finding->message),
        .file = copy(rule_case, finding->file),
        .line = finding->line,
        .object = copy(rule_case, finding->object),
        .hint = copy(rule_case, finding->hint),
    };
}

bool rule_skip(struct rule_case *rule_case, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    rule_case->result->skipped = talloc_vasprintf(rule_case->memory, format, arguments);
    va_end(arguments);
    return true;
}

void rule_evidence(struct rule_case *rule_case, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    rule_case->result->evidence = talloc_vasprintf(rule_case->memory, format, arguments);
    va_end(arguments);
}

void rule_progress(struct rule_case *rule_case, const char *what)
{
    const struct rules_options *options = rule_case->options;
    if (options->on_progress)
        options->on_progress(options->listener, rule_case->result->rule, 0, 0, what);
}

/* A person's wish to stop, or a defect of our own; a statement that the server itself cancelled is neither. */
static bool ends_check(const struct rule_case *rule_case, const struct error *failure)
{
    return failure->code == ERROR_INTERNAL ||
           (failure->code == ERROR_CANCELLED && cancel_is_requested(rule_case->options->cancel));
}

bool rule_blame(struct rule_case *rule_case, const struct error *failure, struct error *error)
{
    if (ends_check(rule_case, failure)) {
        error_copy(error, failure);
        return false;
    }
    const char *message = failure->message;
    if (failure->detail)
        message = talloc_asprintf(rule_case->memory, "%s (%s)", message, failure->detail);
    rule_find(rule_case, &(struct rule_finding){.message = message,
                                                .file = failure->file,
                                                .line = failure->line,
                                                .object = failure->table,
                                                .hint = failure->hint});
    return true;
}

bool rule_give_up(struct rule_case *rule_case, const struct error *failure, struct error *error)
{
    if (ends_check(rule_case, failure)) {
        error_copy(error, failure);
        return false;
    }
    if (failure->file && failure->line)
        return rule_skip(rule_case, "%s:%d: %s", failure->file, failure->line, failure->message);
    if (failure->file)
        return rule_skip(rule_case, "%s: %s", failure->file, failure->message);
    return rule_skip(rule_case, "%s", failure->message);
}

const char *rule_change_words(TALLOC_CTX *owner, const struct comparison *comparison, const struct change *change)
{
    const char *from = mirror_source_name(comparison->from->source), *to = mirror_source_name(comparison->to->source);
    const char *kind = change->kind->title, *name = change->name;
    if (change->action == CHANGE_CREATE)
        return talloc_asprintf(owner, "%s %s is in %s and not in %s", kind, name, to, from);
    if (change->action == CHANGE_DROP)
        return talloc_asprintf(owner, "%s %s is in %s and not in %s", kind, name, from, to);
    return talloc_asprintf(owner, "%s %s: %s is %s in %s and %s in %s", kind, name,
                           change->attribute ? change->attribute : "it", change->from ? change->from : "absent", from,
                           change->to ? change->to : "absent", to);
}

/* "FILE:LINE" apart. Owner of the copy: `owner`. */
static const char *file_of(TALLOC_CTX *owner, const char *place, int *line)
{
    const char *colon = place ? strrchr(place, ':') : NULL;
    *line = colon ? (int)strtol(colon + 1, NULL, 10) : 0;
    return colon ? talloc_strndup(owner, place, (size_t)(colon - place)) : NULL;
}

/* The project's init script, where that is the first side; NULL: it is not, or cannot be read any more. */
static const struct script *init_of(struct rule_case *rule_case, const struct comparison *comparison)
{
    const struct settings *settings = rule_case->options->settings;
    if (comparison->from->source->kind != MIRROR_INIT || !comparison->diff->change_count)
        return NULL;
    return script_read(rule_case->memory, settings_path(rule_case->memory, settings, SETTING_init),
                       settings_text(settings, SETTING_init), settings_number(settings, SETTING_file_size),
                       error_new(rule_case->memory));
}

/* Where the side that is no migration has what differs; file NULL: it has not, or nobody knows. */
static struct model_place place_of(const struct comparison *comparison, const struct script *init,
                                   const struct change *change)
{
    const struct models *models = comparison->to->models;
    int line = rule_line_in_script(init, change->from_object);
    if (line)
        return (struct model_place){init->path, line, 0};
    return rule_place_in_models(models ? models->model : NULL, change->to_object);
}

void rule_find_changes(struct rule_case *rule_case, const struct comparison *comparison, const char *file,
                       const char *hint)
{
    const struct diff *diff = comparison->diff;
    const struct script *init = init_of(rule_case, comparison);
    for (size_t i = 0; i < diff->change_count; i++) {
        const struct change *change = &diff->changes[i];
        int line;
        const char *blamed = file_of(rule_case->memory, change->blame, &line);
        const char *words = rule_change_words(rule_case->memory, comparison, change);
        struct model_place declared = place_of(comparison, init, change);
        if (declared.file && blamed) {
            words = talloc_asprintf(rule_case->memory, "%s (%s:%d)", words, declared.file, declared.line);
        } else if (declared.file) {
            blamed = declared.file;
            line = declared.line;
        }
        rule_find(
            rule_case,
            &(struct rule_finding){
                .message = words, .file = blamed ? blamed : file, .line = line, .object = change->name, .hint = hint});
    }
}
