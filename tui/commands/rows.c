/* rows: the rows of an entity, or without one what entities there are. */
#include <strings.h>

#include "store/text.h"
#include "tui/answer.h"
#include "tui/csv.h"
#include "tui/entities.h"

enum { ROWS_DEFAULT = 100, CELL_CHARACTERS = 60, CSV_BYTES = 64 * 1024 };

/* ---- what is asked ---- */

static bool take_filters(struct command_context *context, const struct entity *entity, struct entity_query *query,
                         struct error *error)
{
    const char *const *texts = arguments_values(context->arguments, "where");
    size_t count = 0;
    while (texts && texts[count])
        count++;
    struct entity_filter *filters = talloc_zero_size(context->memory, (count + 1) * sizeof *filters);
    for (size_t i = 0; i < count; i++)
        if (!entity_filter_parse(filters, entity, texts[i], &filters[i], error))
            return false;
    query->filters = filters;
    query->filter_count = count;
    return true;
}

/* A word and a blank at the end of a text, in any case: the size of what stands before, or 0. */
static size_t before_word(const char *text, const char *word)
{
    size_t size = strlen(text), word_size = strlen(word);
    bool ends_so =
        size > word_size + 1 && text[size - word_size - 1] == ' ' && !strcasecmp(text + size - word_size, word);
    return ends_so ? size - word_size - 1 : 0;
}

/* "name", "-name", "name asc" or "name desc"; a column of just that name comes first. */
static bool take_order(struct command_context *context, const struct entity *entity, struct entity_query *query,
                       struct error *error)
{
    const char *text = arguments_value(context->arguments, "order");
    query->sort = text ? entity_column_find(entity, text) : NULL;
    if (!text || query->sort)
        return true;
    size_t ascending = before_word(text, "asc"), descending = before_word(text, "desc");
    bool has_minus = *text == '-' && !ascending && !descending;
    size_t size = ascending ? ascending : descending ? descending : strlen(text);
    const char *name = talloc_strndup(context->memory, text + has_minus, size - has_minus);
    query->order = descending || has_minus ? SORT_DESCENDING : SORT_ASCENDING;
    query->sort = entity_column_find(entity, name);
    return query->sort || entity_column_unknown(entity, name, error);
}

static bool take_limit(struct command_context *context, struct entity_query *query, struct error *error)
{
    const char *text = arguments_value(context->arguments, "limit");
    char *end;
    long long number = text ? strtoll(text, &end, 10) : ROWS_DEFAULT;
    if (text && (end == text || *end || number < 1 || number > INT32_MAX)) {
        error_set(error, ERROR_USAGE, "--limit takes a number of rows from 1 on, not \"%s\"", text);
        return error_hint(error, "With --csv and without --limit all rows are written.");
    }
    query->limit = text || !arguments_has(context->arguments, "csv") ? (size_t)number : 0;
    return true;
}

static bool take_query(struct command_context *context, const struct entity *entity, struct entity_query *query,
                       struct error *error)
{
    *query = (struct entity_query){
        .cursor = arguments_value(context->arguments, "after"),
        .deleted = arguments_has(context->arguments, "deleted") ? DELETED_SHOWN : DELETED_HIDDEN,
    };
    return take_filters(context, entity, query, error) && take_order(context, entity, query, error) &&
           take_limit(context, query, error);
}

/* ---- CSV ---- */

struct csv {
    struct printer *printer;
    size_t column_count;
    struct csv_line text;
};

static void flush_csv(struct csv *csv)
{
    printer_bytes(csv->printer, csv->text.bytes, csv->text.size_bytes);
    csv->text.size_bytes = 0;
}

static bool write_csv_row(void *argument, const struct entity_row *row, struct error *error UNUSED)
{
    struct csv *csv = argument;
    for (size_t i = 0; i < csv->column_count; i++)
        csv_add(&csv->text, entity_cell(row, i));
    csv_end(&csv->text);
    if (csv->text.size_bytes >= CSV_BYTES)
        flush_csv(csv);
    return true;
}

static bool answer_csv(struct command_context *context, const struct entity_access *access,
                       const struct entity_query *query, struct error *error)
{
    struct csv csv = {.printer = context->printer, .column_count = access->entity->column_count};
    const char *next = NULL;
    for (size_t i = 0; i < csv.column_count; i++)
        csv_add(&csv.text, access->entity->columns[i].name);
    csv_end(&csv.text);
    bool ok = entity_scan(context->memory, access->session->connection, access->entity, query, write_csv_row, &csv,
                          &next, error);
    flush_csv(&csv);
    csv_free(&csv.text);
    if (ok && next)
        printer_note(context->printer, "there are more rows: go on with --after %s", next);
    return ok;
}

/* ---- pages ---- */

static json_t *page_json(const struct entity *entity, const struct entity_page *page)
{
    json_t *columns = json_array(), *key = json_array(), *rows = json_array();
    for (size_t i = 0; i < entity->column_count; i++)
        json_array_append_new(columns, printer_json_text(entity->columns[i].name));
    for (size_t i = 0; i < entity->key_count; i++)
        json_array_append_new(key, printer_json_text(entity->key[i]->name));
    for (size_t i = 0; i < page->count; i++)
        json_array_append_new(rows, entities_row_json(entity, &page->rows[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "entity", printer_json_text(entity->name), "columns", columns,
                     "key", key, "read_only", printer_json_text(entity->read_only), "rows", rows, "next",
                     page->has_more ? printer_json_text(page->last) : json_null());
}

/* As CSV has it: NULL is nothing, an empty text "". Long values are cut, and it shows. */
static const char *cell_text(TALLOC_CTX *owner, const struct entity *entity, const struct entity_query *query,
                             const struct entity_row *row, size_t column)
{
    const char *value = entities_value_text(&entity->columns[column], entity_cell(row, column));
    if (!value || !entity_cell_is_cut(entity, query, row, column))
        return value && !*value ? "\"\"" : value;
    size_t size = strlen(value);
    while (size && (value[--size] & 0xC0) == 0x80) /* the one character more that was asked for */
        continue;
    return talloc_asprintf(owner, "%.*s%s", (int)size, value, text_locale_is_utf8() ? "…" : "~");
}

static void print_page(struct command_context *context, const struct entity *entity, const struct entity_query *query,
                       const struct entity_page *page)
{
    size_t columns = entity->column_count;
    const char **cells = talloc_zero_size(context->memory, ((page->count + 1) * columns + 1) * sizeof *cells);
    for (size_t i = 0; i < columns; i++)
        cells[i] = entity->columns[i].name;
    for (size_t row = 0; row < page->count; row++)
        for (size_t i = 0; i < columns; i++)
            cells[(row + 1) * columns + i] = cell_text(cells, entity, query, &page->rows[row], i);
    if (columns)
        printer_table(context->printer, cells, NULL, page->count + 1, columns);
    printer_line(context->printer, ROLE_DIM, "%s%s", answer_count(context->memory, page->count, "row"),
                 page->has_more ? "; there are more: --after with this cursor goes on" : "");
    if (page->has_more)
        printer_line(context->printer, ROLE_DIM, "%s", page->last);
    if (entity->read_only)
        printer_note(context->printer, "%s is read-only: %s", entity->name, entity->read_only);
}

static bool answer_page(struct command_context *context, const struct entity_access *access, struct entity_query *query,
                        struct error *error)
{
    bool is_text = printer_format(context->printer) == PRINTER_TEXT;
    query->cell_characters = is_text ? CELL_CHARACTERS : 0;
    struct entity_page *page =
        entity_page_read(context->memory, access->session->connection, access->entity, query, error);
    if (!page)
        return false;
    printer_document(context->printer, page_json(access->entity, page));
    if (is_text)
        print_page(context, access->entity, query, page);
    return true;
}

/* ---- the list of entities ---- */

static void list_json(struct command_context *context, const struct entity_summary *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o, s:s, s:b, s:o, s:I, s:I, s:o}", "name", printer_json_text(list[i].name),
                             "schema", printer_json_text(list[i].schema), "table", printer_json_text(list[i].table),
                             "kind", entity_kind_name(list[i].kind), "declared", list[i].is_declared, "rows_estimate",
                             list[i].rows_estimate < 0 ? json_null() : json_integer(list[i].rows_estimate),
                             "size_bytes", (json_int_t)list[i].size_bytes, "columns", (json_int_t)list[i].column_count,
                             "comment", printer_json_text(list[i].comment)));
    printer_document(context->printer, json_pack("{s:o}", "entities", array));
}

static void print_list(struct command_context *context, const struct entity_summary *list, size_t count)
{
    enum { COLUMNS = 5 };
    static const char *const head[COLUMNS] = {"ENTITY", "KIND", "ROWS~", "BYTES", "COMMENT"};
    const char **cells = talloc_zero_size(context->memory, (count + 1) * COLUMNS * sizeof *cells);
    memcpy(cells, head, sizeof head);
    for (size_t i = 0; i < count; i++) {
        const char **cell = &cells[(i + 1) * COLUMNS];
        cell[0] = list[i].name;
        cell[1] = entity_kind_name(list[i].kind);
        cell[2] = list[i].rows_estimate < 0 ? "?" : answer_integer(cells, list[i].rows_estimate);
        cell[3] = answer_integer(cells, list[i].size_bytes);
        cell[4] = list[i].comment;
    }
    printer_table(context->printer, cells, NULL, count + 1, COLUMNS);
    printer_line(context->printer, ROLE_DIM, "%zu in all; ROWS~ is the planner's estimate, ? where it has none", count);
}

static bool answer_list(struct command_context *context, const struct entity_access *access, struct error *error)
{
    size_t count;
    struct entity_summary *list =
        entity_list(context->memory, access->session->connection, access->model, &count, error);
    if (!list)
        return false;
    list_json(context, list, count);
    print_list(context, list, count);
    return true;
}

/* ---- the command ---- */

static bool run(struct command_context *context, struct error *error)
{
    struct entity_access access;
    struct entity_query query;
    const char *word = arguments_operands(context->arguments, NULL)[0];
    if (!entities_open(context, word, &access, error))
        return false;
    if (!word)
        return answer_list(context, &access, error);
    if (!take_query(context, access.entity, &query, error))
        return false;
    return arguments_has(context->arguments, "csv") ? answer_csv(context, &access, &query, error)
                                                    : answer_page(context, &access, &query, error);
}

static bool check(const struct arguments *arguments, struct error *error)
{
    static const char *const of_one[] = {"where", "order", "limit", "after", "deleted", "csv"};
    size_t count;
    arguments_operands(arguments, &count);
    if (arguments_has(arguments, "csv") && arguments_has(arguments, "json")) {
        error_set(error, ERROR_USAGE, "--csv and --json exclude each other");
        return error_hint(error, "--json is pages with a cursor, --csv all rows in one go.");
    }
    for (size_t i = 0; !count && i < countof(of_one); i++)
        if (arguments_has(arguments, of_one[i])) {
            error_set(error, ERROR_USAGE, "--%s needs an entity", of_one[i]);
            return error_hint(error, "\"pgdeck rows\" lists the entities.");
        }
    return true;
}

static const struct option options[] = {
    {"where", 0, OPTION_VALUES, "CONDITION", KIND_NONE, NULL,
     "COLUMN=VALUE, or with != < <= > >= ~ (a regular expression), or \"COLUMN is null\", \"COLUMN is not null\"; may be "
     "repeated: all must hold."},
    {"order", 0, OPTION_VALUE, "COLUMN", KIND_NONE, NULL,
     "Sort by it; \"COLUMN desc\" or -COLUMN the other way round. Default: the key."},
    {"limit", 0, OPTION_VALUE, "N", KIND_NONE, NULL, "At most so many rows; default 100, with --csv all."},
    {"after", 0, OPTION_VALUE, "CURSOR", KIND_NONE, NULL, "Go on behind an answer's \"next\"."},
    {"deleted", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Show soft-deleted rows, too."},
    {"csv", 0, OPTION_FLAG, NULL, KIND_NONE, NULL, "Write CSV: exact values, however many rows."},
};

static const char *const examples[] = {
    "pgdeck rows",
    "pgdeck rows TestCase --where status=active --where 'name ~ ^a' --order -name",
    "pgdeck rows agents --csv > agents.csv",
    NULL,
};

const struct command command_rows = {
    .name = "rows",
    .summary = "Browse the rows of an entity, or list the entities.",
    .description =
        "ENTITY is a declared entity's name or any table's, with its schema where that is not public. Rows come in the order "
        "of --order (NULLs last, with desc first), then of the key, page by page; soft-deleted ones are hidden unless asked for, "
        "and so are those behind a deleted one where the models' relationship says hide. "
        "Without ENTITY it lists what there is, with the planner's estimate of rows.\n\n"
        "A value is compared as the column's type compares it: \"cost >= 9\" knows numbers. One blank on each side of the operator "
        "is no part of the value. A name that holds an operator may stand in double quotes.\n\n"
        "In a table on the terminal long values are cut, NULL is nothing and an empty text \"\"; --json and --csv have the exact values.",
    .examples = examples,
    .options = options,
    .option_count = countof(options),
    .operands = {"[ENTITY]", 0, 1, KIND_NONE, NULL, "The entity."},
    .needs = NEEDS_TARGET,
    .effect = EFFECT_NONE,
    .run = run,
    .check = check,
};
