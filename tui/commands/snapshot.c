/* snapshot: the schema of one mirror as the catalog tells it. */
#include "tui/answer.h"
#include "tui/comparing.h"

/* ---- JSON ---- */

static json_t *object_json(const struct object *object)
{
    json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:o}", "kind", object->kind->name, "name",
                             printer_json_text(object->identity), "parent", printer_json_text(object->parent), "schema",
                             printer_json_text(object->schema), "comment", printer_json_text(object->comment));
    for (size_t i = 0; i < object->kind->field_count; i++) {
        const struct field *field = &object->kind->fields[i];
        json_object_set_new(json, field->name, printer_json_text(field_value(object, field)));
    }
    return json;
}

static void answer_json(struct command_context *context, const struct mirror *mirror)
{
    const struct snapshot *snapshot = mirror->snapshot;
    json_t *objects = json_array();
    for (size_t i = 0; i < snapshot->count; i++)
        json_array_append_new(objects, object_json(snapshot->objects[i]));
    printer_document(context->printer,
                     json_pack("{s:o, s:i, s:o, s:o, s:o}", "source",
                               printer_json_text(mirror_source_name(mirror->source)), "server_version",
                               snapshot->server_version, "objects", objects, "left_out",
                               comparing_counts_json(snapshot->left_out, snapshot->left_out_count), "not_modelled",
                               comparing_counts_json(snapshot->not_modelled, snapshot->not_modelled_count)));
}

/* ---- text ---- */

/* Further lines of a value stand below its first. */
static void print_field(struct printer *printer, const char *name, const char *value)
{
    const char *end = strchr(value, '\n');
    printer_line(printer, ROLE_PLAIN, "    %s: %.*s", name, (int)(end ? end - value : (ptrdiff_t)strlen(value)), value);
    while (end) {
        const char *line = end + 1;
        end = strchr(line, '\n');
        printer_line(printer, ROLE_PLAIN, "        %.*s", (int)(end ? end - line : (ptrdiff_t)strlen(line)), line);
    }
}

static void print_object(struct printer *printer, const struct object *object)
{
    if (object->parent && strncmp(object->identity, object->parent, strlen(object->parent)) != 0)
        printer_line(printer, ROLE_PLAIN, "  %s of %s", object->identity, object->parent);
    else
        printer_line(printer, ROLE_PLAIN, "  %s", object->identity);
    for (size_t i = 0; i < object->kind->field_count; i++) {
        const char *value = field_value(object, &object->kind->fields[i]);
        if (value && strcmp(value, "false") != 0)
            print_field(printer, object->kind->fields[i].name, value);
    }
    if (object->comment)
        print_field(printer, "comment", object->comment);
}

static void print_text(struct command_context *context, const struct mirror *mirror)
{
    struct printer *printer = context->printer;
    const struct snapshot *snapshot = mirror->snapshot;
    for (size_t id = 0; id < KIND_COUNT; id++) {
        if (snapshot->first[id] == snapshot->first[id + 1])
            continue;
        printer_line(printer, ROLE_HEAD, "%s", kinds[id]->title);
        for (size_t i = snapshot->first[id]; i < snapshot->first[id + 1]; i++)
            print_object(printer, snapshot->objects[i]);
    }
    printer_line(printer, ROLE_HEAD, "%s in %s, PostgreSQL %d",
                 answer_count(context->memory, snapshot->count, "object"), mirror_source_name(mirror->source),
                 snapshot->server_version / 10000);
    for (size_t i = 0; i < snapshot->not_modelled_count; i++)
        printer_line(printer, ROLE_WARN, "not modelled: %s (%lld, such as %s)", snapshot->not_modelled[i].what,
                     (long long)snapshot->not_modelled[i].count, snapshot->not_modelled[i].example);
}

/* ---- running ---- */

static void tell_failed(struct command_context *context, const struct mirror *mirror)
{
    for (size_t i = 0; i < mirror->finding_count; i++)
        if (mirror->findings[i].what == MIRROR_FAILED)
            printer_warning(context->printer, "%s:%d: not run: %s", mirror->findings[i].file, mirror->findings[i].line,
                            mirror->findings[i].message);
    if (mirror->directory && !mirror->directory->exists)
        printer_warning(context->printer, "there is no folder %s", mirror->directory->shown);
}

static bool run(struct command_context *context, struct error *error)
{
    const struct mirror_options options = comparing_mirror_options(context);
    struct mirror_source *source = comparing_source(context, arguments_operands(context->arguments, NULL)[0], error);
    struct mirror *mirror = source ? mirror_build(context->memory, source, &options, error) : NULL;
    printer_progress(context->printer, NULL);
    if (!mirror)
        return false;
    tell_failed(context, mirror);
    comparing_tell_mirror(context, mirror);
    if (printer_format(context->printer) == PRINTER_JSON)
        answer_json(context, mirror);
    else
        print_text(context, mirror);
    return true;
}

static const char *const examples[] = {
    "pgdeck snapshot migrations",
    "pgdeck --json snapshot live | jq '.objects[] | select(.kind == \"index\")'",
    NULL,
};

const struct command command_snapshot = {
    .name = "snapshot",
    .summary = "Show the schema of one source as the catalog tells it.",
    .description =
        "SOURCE is one of models, migrations, init, live (the target), the path of a .sql file, the name of a target, "
        "or a connection string; all but databases are built in a scratch database first. Prints the objects by kind, "
        "with every attribute that pgdeck compares. Texts are as PostgreSQL prints them under an empty search_path. "
        "What was left out, and why, is told with --verbose.",
    .examples = examples,
    .operands = {"SOURCE", 1, 1, KIND_FILE, NULL, "The source: " COMPARING_SOURCES "."},
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_NONE,
    .run = run,
    .needs_besides = comparing_need,
};
