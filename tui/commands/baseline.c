/* baseline: whether the init script mirrors the migrations; or the init script, made anew from them. */
#include "migrate/baseline.h"

#include <inttypes.h>

#include "tui/answer.h"
#include "tui/changes.h"
#include "tui/comparing.h"

/* ---- JSON ---- */

static json_t *texts_json(const char *const *texts)
{
    json_t *array = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(array, printer_json_text(*texts));
    return array;
}

static json_t *line_json(const struct baseline_place *place)
{
    return place->file && place->line ? json_integer(place->line) : json_null();
}

static json_t *place_json(const struct baseline_place *place)
{
    if (!place->file)
        return json_null();
    char *text =
        place->line ? talloc_asprintf(NULL, "%s:%d", place->file, place->line) : talloc_strdup(NULL, place->file);
    json_t *json = printer_json_text(text);
    talloc_free(text);
    return json;
}

static json_t *seed_json(const struct baseline_seed *seed)
{
    json_t *descriptions = json_array();
    for (size_t i = 0; i < seed->description_count; i++)
        json_array_append_new(descriptions,
                              json_pack("{s:o, s:o, s:o}", "version", printer_json_text(seed->descriptions[i].version),
                                        "init", printer_json_text(seed->descriptions[i].init), "migrations",
                                        printer_json_text(seed->descriptions[i].migrations)));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "missing", texts_json(seed->missing), "extra",
                     texts_json(seed->extra), "duplicates", texts_json(seed->duplicates), "descriptions", descriptions,
                     "ledger", printer_json_text(seed->table), "problem", printer_json_text(seed->problem));
}

static json_t *row_json(const struct baseline_row *row)
{
    static const char *const names[] = {
        [BASELINE_MISSING] = "missing", [BASELINE_EXTRA] = "extra", [BASELINE_DIFFERS] = "differs"};
    json_t *cells = json_array();
    for (size_t i = 0; i < row->cell_count; i++)
        json_array_append_new(cells, json_pack("{s:o, s:o, s:o}", "column", printer_json_text(row->cells[i].column),
                                               "init", printer_json_text(row->cells[i].init), "migrations",
                                               printer_json_text(row->cells[i].migrations)));
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "what", names[row->what], "row", printer_json_text(row->name),
                     "cells", cells, "line", line_json(&row->init), "blame", place_json(&row->blame));
}

static json_t *table_json(const struct baseline_table *table)
{
    json_t *examples = json_array();
    for (size_t i = 0; i < table->row_count; i++)
        json_array_append_new(examples, row_json(&table->rows[i]));
    return json_pack("{s:o, s:b, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "table", printer_json_text(table->table),
                     "compared", table->how == BASELINE_COMPARED, "init", (json_int_t)table->in_init, "migrations",
                     (json_int_t)table->in_migrations, "missing", (json_int_t)table->missing, "extra",
                     (json_int_t)table->extra, "differs", (json_int_t)table->differs, "examples", examples, "line",
                     line_json(&table->init), "blame", place_json(&table->blame));
}

static json_t *sequence_json(const struct baseline_sequence *sequence)
{
    char *init = talloc_asprintf(NULL, "%" PRId64, sequence->init);
    char *migrations = talloc_asprintf(init, "%" PRId64, sequence->migrations);
    json_t *json = json_pack("{s:o, s:o, s:s, s:s, s:b, s:b}", "sequence", printer_json_text(sequence->sequence),
                             "column", printer_json_text(sequence->column), "init", init, "migrations", migrations,
                             "collides", sequence->collides, "differs", sequence->is_difference);
    talloc_free(init);
    return json;
}

static json_t *finding_json(const struct baseline_finding *finding)
{
    return json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "rule", finding->rule, "differs",
                     finding->weight == BASELINE_DEMAND, "object", printer_json_text(finding->object), "message",
                     printer_json_text(finding->message), "hint", printer_json_text(finding->hint), "file",
                     printer_json_text(finding->init.file), "line", line_json(&finding->init), "blame",
                     place_json(&finding->blame));
}

static void answer_json(struct command_context *context, const struct baseline *baseline)
{
    json_t *rows = json_array(), *sequences = json_array(), *findings = json_array();
    for (size_t i = 0; i < baseline->table_count; i++)
        json_array_append_new(rows, table_json(&baseline->tables[i]));
    for (size_t i = 0; i < baseline->sequence_count; i++)
        json_array_append_new(sequences, sequence_json(&baseline->sequences[i]));
    for (size_t i = 0; i < baseline->finding_count; i++)
        json_array_append_new(findings, finding_json(&baseline->findings[i]));
    const struct comparison *comparison = baseline->comparison;
    printer_document(
        context->printer,
        json_pack("{s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "init", printer_json_text(baseline->init),
                  "equal", baseline->verdict == BASELINE_EQUAL, "written", baseline->written != BASELINE_NOT_WRITTEN,
                  "changes", comparison ? changes_json(comparison->diff) : json_array(), "seed",
                  seed_json(&baseline->seed), "rows", rows, "sequences", sequences, "findings", findings, "volatile",
                  (json_int_t)baseline->volatile_count, "warnings", texts_json(baseline->warnings)));
}

/* ---- text ---- */

static const char *place_text(TALLOC_CTX *owner, const struct baseline_place *place)
{
    return place->line ? talloc_asprintf(owner, "%s:%d", place->file, place->line) : place->file;
}

/* A hint that holds for several is told behind the last of them. */
static void print_findings(struct command_context *context, const struct baseline *baseline)
{
    TALLOC_CTX *memory = context->memory;
    for (size_t i = 0; i < baseline->finding_count; i++) {
        const struct baseline_finding *finding = &baseline->findings[i];
        const char *next = i + 1 < baseline->finding_count ? baseline->findings[i + 1].hint : NULL;
        const char *blame = finding->blame.file ? place_text(memory, &finding->blame) : NULL;
        printer_line(
            context->printer, finding->weight == BASELINE_DEMAND ? ROLE_BAD : ROLE_NOTE, "%s: %s%s%s%s",
            place_text(memory, finding->init.file ? &finding->init : &(struct baseline_place){baseline->init, 0}),
            finding->message, blame ? " (" : "", blame ? blame : "", blame ? ")" : "");
        if (finding->hint && (!next || strcmp(next, finding->hint) != 0))
            printer_line(context->printer, ROLE_DIM, "    %s", finding->hint);
    }
}

static size_t count_demands(const struct baseline *baseline, const char *rule)
{
    size_t count = 0;
    for (size_t i = 0; i < baseline->finding_count; i++)
        count += baseline->findings[i].weight == BASELINE_DEMAND && !strcmp(baseline->findings[i].rule, rule);
    return count;
}

static void print_verdict(struct command_context *context, const struct baseline *baseline)
{
    TALLOC_CTX *memory = context->memory;
    size_t seed = count_demands(baseline, "init.seed"), rows = count_demands(baseline, "init.rows");
    const struct diff *diff = baseline->comparison->diff;
    if (baseline->verdict == BASELINE_EQUAL) {
        printer_line(context->printer, ROLE_GOOD,
                     "%s leaves what the migrations leave: %s, the seed of %s, and the rows", baseline->init,
                     answer_count(memory, baseline->comparison->compared, "object"),
                     answer_count(memory, baseline->file_count, "version"));
        return;
    }
    printer_line(
        context->printer, ROLE_HEAD, "%s does not leave what the migrations leave: schema %s; seed %s; rows %s",
        baseline->init, diff->change_count ? changes_summary(memory, diff) : "equal",
        seed ? answer_count(memory, seed, "finding") : "equal", rows ? answer_count(memory, rows, "finding") : "equal");
    printer_note(context->printer, "\"pgdeck diff --sql init migrations\" prints the schema's SQL; \"pgdeck baseline "
                                   "--write\" writes the script anew");
}

static void print_check(struct command_context *context, const struct baseline *baseline)
{
    changes_print(context->printer, baseline->comparison->diff, "init", "migrations");
    print_findings(context, baseline);
    print_verdict(context, baseline);
    if (baseline->volatile_count)
        printer_detail(context->printer, "passed over, for they are others at each replay: %s",
                       answer_count(context->memory, baseline->volatile_count, "value"));
}

static void print_written(struct command_context *context, const struct baseline *baseline)
{
    const char *files = answer_count(context->memory, baseline->file_count, "migration");
    if (baseline->written == BASELINE_UNCHANGED)
        printer_line(context->printer, ROLE_GOOD, "%s is what %s make of it already", baseline->init, files);
    else
        printer_line(context->printer, ROLE_GOOD, "wrote %s: it leaves what %s leave, as a scratch database shows",
                     baseline->init, files);
}

static bool run(struct command_context *context, struct error *error)
{
    bool is_writing = arguments_has(context->arguments, "write");
    const struct baseline_options options = {
        .mirror = comparing_mirror_options(context),
        .privileges =
            arguments_has(context->arguments, "privileges") ? BASELINE_WITH_PRIVILEGES : BASELINE_WITHOUT_PRIVILEGES,
    };
    struct baseline *baseline = is_writing ? baseline_write(context->memory, &options, error)
                                           : baseline_check(context->memory, &options, error);
    printer_progress(context->printer, NULL);
    if (!baseline)
        return false;
    for (const char *const *warning = baseline->warnings; *warning; warning++)
        printer_warning(context->printer, "%s", *warning);
    if (baseline->comparison) {
        comparing_tell_mirror(context, baseline->comparison->from);
        comparing_tell_mirror(context, baseline->comparison->to);
    }
    answer_json(context, baseline);
    if (printer_format(context->printer) == PRINTER_TEXT && is_writing)
        print_written(context, baseline);
    else if (printer_format(context->printer) == PRINTER_TEXT)
        print_check(context, baseline);
    context->status = baseline->verdict == BASELINE_EQUAL ? 0 : 1;
    return true;
}

static const struct option options[] = {
    {"write", 0, OPTION_FLAG, NULL, KIND_NONE, NULL,
     "Make the init script anew from the migrations, over what stands there."},
    {"privileges", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Compare grants and default privileges, too."},
};

static const char *const examples[] = {
    "pgdeck baseline",
    "pgdeck baseline --write",
    "pgdeck --json baseline | jq '.seed.missing[]'",
    NULL,
};

const struct command command_baseline = {
    .name = "baseline",
    .summary = "Say whether the init script mirrors the migrations; or make it anew from them.",
    .description =
        "Runs both in scratch databases and compares what they leave: the schema; the seed of the ledger, which must be "
        "exactly the versions on disk; the rows, up to 10,000 a table; and where sequences go on. Values that are others "
        "at each replay of the migrations (times, random ids) are known by replaying twice and passed over. Exit status "
        "1 when they differ.\n\n"
        "With --write, the init script is made from the migrations and written, also where there is none: grouped by "
        "table, in the same bytes for the same migrations, privileges included. It runs in psql, in a container's init "
        "directory and by pgdeck bootstrap. Before it is written, it is run in a scratch database, and refused with exit "
        "status 4 unless it leaves what the migrations leave.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .needs = NEEDS_PROJECT,
    .effect = EFFECT_FILES,
    .run = run,
};
