/* What the page of a row says: the lines of its form, and the pane about the one under the cursor. */
#include "store/text.h"
#include "tui/json_text.h"
#include "tui/screens/entity_text.h"
#include "tui/screens/row_view.h"

enum { COLUMN_FIELD, COLUMN_TYPE, COLUMN_VALUE };
enum { CELL_BYTES = 2000, PANE_BYTES = 16384, FACT_COLUMNS = 10 };

/* ---- values ---- */

bool row_view_has_values(const struct row_view *view) { return view->row.result || view->cells; }

const char *row_view_value(const struct row_view *view, const struct entity_column *column)
{
    size_t index = (size_t)(column - view->hold->entity->columns);
    return view->row.result ? entity_cell(&view->row, index) : view->cells ? view->cells[index] : NULL;
}

static bool is_json(const struct entity_column *column)
{
    return !strcmp(column->type, "json") || !strcmp(column->type, "jsonb");
}

void row_add_value(struct document *document, const struct entity_column *column, const char *value, size_t limit_bytes)
{
    if (!value) {
        document_line(document, LOOK_DIM, "(null)");
        return;
    }
    char *laid_out = is_json(column) ? json_text_lay_out(document, value) : NULL;
    const char *text = laid_out ? laid_out : value;
    size_t size = strlen(text), shown = size < limit_bytes ? size : limit_bytes;
    document_add_bytes(document, LOOK_PLAIN, text, shown);
    document_end_line(document);
    if (!size)
        document_line(document, LOOK_DIM, "(empty: no characters)");
    if (shown < size)
        document_line(document, LOOK_DIM, "%s %zu bytes in all: Enter shows them", theme_glyph(GLYPH_ELLIPSIS),
                      strlen(value));
    talloc_free(laid_out);
}

/* ---- the form ---- */

static const struct list_column columns[] = {
    [COLUMN_FIELD] = {"FIELD", 10, 32, 2, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_TYPE] = {"TYPE", 8, 30, 1, LIST_CUT, LIST_BESIDE},
    [COLUMN_VALUE] = {"VALUE", 20, 400, 3, LIST_LEFT, LIST_BESIDE},
};

static const char *identity(const void *rows, size_t row) { return ((const struct row_line *)rows)[row].identity; }

static void relationship_cell(const struct row_line *line, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    made->look = column == COLUMN_FIELD ? LOOK_PLAIN : LOOK_DIM;
    if (column == COLUMN_FIELD)
        made->text = talloc_asprintf(owner, "%s %s", theme_glyph(GLYPH_ARROW), line->relationship->name);
    else if (column == COLUMN_TYPE)
        made->text = line->relationship->kind == RELATIONSHIP_ONE ? "one" : "many";
    else
        made->text = entity_relationship_text(owner, line->relationship);
}

const char *row_value_text(const struct entity_column *column, const char *value)
{
    if (!value)
        return "(null)";
    if (!strcmp(column->type, "boolean"))
        return *value == 't' ? "true" : "false";
    return *value ? value : "''";
}

/* What a new row gets where nothing is said. */
static void unset_cell(const struct entity_column *column, TALLOC_CTX *owner, struct list_cell *made)
{
    made->look = LOOK_DIM;
    if (column->generate == GENERATE_SNOWFLAKE)
        made->text = "(a new id)";
    else if (entity_column_refusal(column))
        made->text = "(the server's)";
    else if (column->default_value)
        made->text = talloc_asprintf(owner, "(default %s)", column->default_value);
    else
        made->text = column->is_nullable ? "(null)" : "(must be given)";
}

static void value_cell(const struct row_line *line, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct row_staged *staged = row_view_staged(line->view, line->column);
    const char *value = row_view_value(line->view, line->column);
    if (staged->what == STAGED_DEFAULT) {
        *made = (struct list_cell){"* (the default)", LOOK_WARN};
    } else if (staged->what == STAGED_VALUE) {
        made->text = talloc_asprintf(owner, "* %.*s", CELL_BYTES, row_value_text(line->column, staged->text));
        made->look = LOOK_WARN;
    } else if (row_view_is_new(line->view)) {
        unset_cell(line->column, owner, made);
    } else {
        made->text = talloc_strndup(owner, row_value_text(line->column, value), CELL_BYTES);
        made->look = value && *value ? LOOK_PLAIN : LOOK_DIM;
    }
}

static void cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct row_line *line = &((const struct row_line *)rows)[row];
    if (line->relationship) {
        relationship_cell(line, column, owner, made);
    } else if (column == COLUMN_VALUE) {
        value_cell(line, owner, made);
    } else {
        made->look = column == COLUMN_TYPE ? LOOK_DIM : line->column->key ? LOOK_STRONG : LOOK_PLAIN;
        made->text = column == COLUMN_FIELD ? line->column->name : line->column->type;
    }
}

static int compare(const void *rows UNUSED, size_t left, size_t right, size_t column UNUSED)
{
    return left < right ? -1 : left > right;
}

const struct list_source row_fields_source = {columns, countof(columns), identity, cell, compare};

const struct row_line *row_view_line(const struct row_view *view)
{
    ptrdiff_t row = view->lines ? list_cursor(view->list) : -1;
    return row < 0 ? NULL : &view->lines[row];
}

static struct row_line *make_lines(const struct row_view *view, size_t *count)
{
    const struct entity *entity = view->hold->entity;
    size_t links = row_view_is_new(view) ? 0 : entity->relationship_count; /* nothing leads on from what is not there */
    struct row_line *lines = talloc_zero_size(view, (entity->column_count + links + 1) * sizeof *lines);
    *count = 0;
    for (size_t i = 0; i < entity->column_count; i++)
        lines[(*count)++] = (struct row_line){
            .view = view,
            .column = &entity->columns[i],
            .identity = talloc_asprintf(lines, "c%s", entity->columns[i].name),
        };
    for (size_t i = 0; i < links; i++)
        lines[(*count)++] = (struct row_line){
            .view = view,
            .relationship = &entity->relationships[i],
            .identity = talloc_asprintf(lines, "r%s %zu", entity->relationships[i].name, i),
        };
    return lines;
}

void row_view_arrange(struct row_view *view)
{
    struct row_line *old = view->lines;
    size_t count;
    view->lines = make_lines(view, &count);
    (void)list_set(view->list, view->lines, count);
    talloc_free(old);
    TALLOC_FREE(view->shown);
    if (old)
        return;
    if (view->subject.column < view->hold->entity->column_count)
        (void)list_go(view->list, view->lines[view->subject.column].identity);
    row_view_begin_edit(view);
}

/* ---- the pane ---- */

static void add_relationship(struct document *document, const struct row_line *line)
{
    const struct entity_relationship *one = line->relationship;
    document_fact(document, "leads to", FACT_COLUMNS, LOOK_PLAIN, "%s",
                  entity_clean(document, entity_relationship_text(document, one)));
    for (size_t i = 0; i < one->column_count; i++) {
        const struct entity_column *column = entity_column_find(line->view->hold->entity, one->here[i]);
        const char *value = column ? row_view_value(line->view, column) : NULL;
        document_fact(document, "where", FACT_COLUMNS, LOOK_PLAIN, "%s there = %.200s", one->there[i],
                      value ? value : "(null)");
    }
    document_line(document, LOOK_DIM, "\nEnter follows it; Esc comes back.");
}

struct document *row_line_document(TALLOC_CTX *owner, const struct row_view *view, const struct row_line *line)
{
    struct document *document = document_new(owner);
    document_add(document, LOOK_STRONG, "%s",
                 entity_clean(document, line->column ? line->column->name : line->relationship->name));
    if (line->relationship) {
        document_line(document, LOOK_PLAIN, "%s", "");
        add_relationship(document, line);
        return document;
    }
    const char *facts = entity_column_text(document, line->column);
    document_add(document, LOOK_PLAIN, "  %s", line->column->type);
    document_line(document, LOOK_DIM, "%s%s", *facts ? ", " : "", facts);
    if (line->column->comment)
        document_line(document, LOOK_DIM, "%s", line->column->comment);
    if (line->column->labels)
        document_line(document, LOOK_DIM, "one of: %s", line->column->labels);
    const struct row_staged *staged = row_view_staged(view, line->column);
    if (staged->what != STAGED_NOTHING) {
        document_line(document, LOOK_WARN, "staged:");
        row_add_value(document, line->column, staged->what == STAGED_DEFAULT ? "the default" : staged->text,
                      PANE_BYTES);
    }
    if (row_view_is_new(view))
        return document;
    if (staged->what != STAGED_NOTHING)
        document_line(document, LOOK_DIM, "now:");
    row_add_value(document, line->column, row_view_value(view, line->column), PANE_BYTES);
    return document;
}
