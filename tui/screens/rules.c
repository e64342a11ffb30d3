/* See rules.h: the page. A tree of rules with their findings; below or beside it all that is known of the one under the
 * cursor, with the lines of the file that it is about. */
#include "tui/screens/rules.h"

#include "store/text.h"
#include "tui/answer.h"
#include "tui/checking.h"
#include "tui/screens/diff.h"
#include "tui/screens/source.h"
#include "tui/widgets/panes.h"
#include "tui/widgets/tree.h"

enum { COLUMN_WHAT, COLUMN_TOLD, COLUMNS };
enum { LINES_AROUND = 3 };

struct rule_row {
    const char *identity;
    const struct rule *rule;
    const struct house_light *light;
    const struct rule_result *result;   /* NULL while the rules are being asked */
    const struct rule_finding *finding; /* NULL: the rule itself */
};

struct rule_rows {
    struct rule_row *items;
    size_t count;
};

struct rules_page {
    struct view base;
    struct house *house;
    struct tree *tree;
    struct pager *pager;
    struct rule_rows *rows;
    char *shown; /* identity of the row in the pane, or NULL */
    unsigned long revision;
};

/* ---- rows ---- */

static const struct rule_row *row_at(const void *rows, size_t row)
{
    return &((const struct rule_rows *)rows)->items[row];
}

static const char *identity(const void *rows, size_t row) { return row_at(rows, row)->identity; }

static int depth(const void *rows, size_t row) { return row_at(rows, row)->finding != NULL; }

static enum look row_look(const struct rule_row *row) { return rules_look(row->light->state)->look; }

static const char *place_of(TALLOC_CTX *owner, const struct rule_finding *finding)
{
    if (!finding->file)
        return finding->object ? finding->object : "";
    return finding->line ? talloc_asprintf(owner, "%s:%d", finding->file, finding->line) : finding->file;
}

static const char *told_of(TALLOC_CTX *owner, const struct rule_row *row)
{
    const struct rule_result *result = row->result;
    const char *glyph = theme_glyph(rules_look(row->light->state)->glyph);
    if (row->light->findings)
        return talloc_asprintf(owner, "%s %s", glyph, answer_count(owner, row->light->findings, "finding"));
    if (row->light->state == HOUSE_SKIPPED)
        return talloc_asprintf(owner, "%s skipped%s%s", glyph, result ? ": " : "", result ? result->skipped : "");
    if (row->light->state == HOUSE_ASKING)
        return talloc_asprintf(owner, "%s being asked", glyph);
    bool is_told = result && result->evidence;
    return talloc_asprintf(owner, "%s holds%s%s", glyph, is_told ? ": " : "", is_told ? result->evidence : "");
}

static void cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct rule_row *at = row_at(rows, row);
    if (!at->finding) {
        made->text = column == COLUMN_WHAT ? at->rule->id : told_of(owner, at);
        made->look = column == COLUMN_TOLD ? row_look(at) : LOOK_PLAIN;
        return;
    }
    made->text = column == COLUMN_WHAT ? place_of(owner, at->finding) : at->finding->message;
}

static const struct list_column columns[COLUMNS] = {
    [COLUMN_WHAT] = {"RULE", 20, 40, 8, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_TOLD] = {"WHAT WAS FOUND", 10, 200, 9, LIST_CUT, LIST_UNDER_CURSOR},
};
static const struct tree_source source = {columns, COLUMNS, identity, depth, cell};

static struct rule_row *add_row(struct rule_rows *rows, const struct rule_row *row)
{
    rows->items = talloc_realloc(rows, rows->items, struct rule_row, (unsigned)rows->count + 1);
    rows->items[rows->count] = *row;
    return &rows->items[rows->count++];
}

static void add_finding_row(struct rule_rows *rows, const struct rule_row *rule, size_t index)
{
    struct rule_row row = *rule;
    row.identity = talloc_asprintf(rows, "%s %zu", rule->rule->id, index);
    row.finding = &rule->result->findings[index];
    add_row(rows, &row);
}

/* While they are being asked the report is of before: only the lights are of now. */
static const struct rule_result *result_of(const struct house *house, const struct rule *rule)
{
    const struct rules_report *report = house_is_asking(house) ? NULL : house_report(house);
    for (size_t i = 0; report && i < report->count; i++)
        if (report->results[i].rule == rule)
            return &report->results[i];
    return NULL;
}

static struct rule_rows *make_rows(TALLOC_CTX *owner, const struct house *house)
{
    struct rule_rows *rows = talloc_zero(owner, struct rule_rows);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule_row row = {.identity = rules[i].id,
                                     .rule = &rules[i],
                                     .light = house_light(house, (enum rule_id)i),
                                     .result = result_of(house, &rules[i])};
        if (row.light->state == HOUSE_UNKNOWN)
            continue;
        add_row(rows, &row);
        for (size_t k = 0; row.result && k < row.result->count; k++)
            add_finding_row(rows, &row, k);
    }
    return rows;
}

/* ---- what is known of one ---- */

static void add_rule(struct document *document, const struct rule_row *row)
{
    const struct rule_result *result = row->result;
    document_line(document, LOOK_STRONG, "%s", row->rule->demand);
    if (!result)
        return;
    if (result->evidence)
        document_line(document, LOOK_PLAIN, "Looked at: %s.", result->evidence);
    if (result->skipped)
        document_line(document, LOOK_WARN, "It could not be asked: %s.", result->skipped);
    else if (!result->count)
        document_line(document, LOOK_GOOD, "%s It holds.", theme_glyph(GLYPH_DONE));
    if (result->severity == SEVERITY_WARNING)
        document_line(document, LOOK_DIM, "pgdeck.yaml makes it a warning: it fails nothing.");
}

static void add_finding(struct document *document, const struct console *console, const struct rule_row *row)
{
    const struct rule_finding *finding = row->finding;
    TALLOC_CTX *memory = talloc_new(NULL);
    document_line(document, row_look(row), "%s %s", theme_glyph(GLYPH_FAILED), finding->message);
    if (*place_of(memory, finding))
        document_line(document, LOOK_PLAIN, "At %s.", place_of(memory, finding));
    if (finding->hint)
        document_line(document, LOOK_NOTE, "%s", finding->hint);
    document_end_line(document);
    if (finding->file && finding->line)
        source_add_lines(document, console, finding->file, finding->line, LINES_AROUND);
    document_line(document, LOOK_DIM, "%s: %s", row->rule->id, row->rule->demand);
    talloc_free(memory);
}

static const struct rule_row *row_here(const struct rules_page *page)
{
    ptrdiff_t row = tree_cursor(page->tree);
    return row < 0 ? NULL : &page->rows->items[row];
}

static void fill_pane(struct rules_page *page)
{
    const struct rule_row *row = row_here(page);
    if (page->shown && row && !strcmp(page->shown, row->identity))
        return;
    talloc_free(page->shown);
    page->shown = row ? talloc_strdup(page, row->identity) : NULL;
    struct document *document = document_new(page);
    if (row && row->finding)
        add_finding(document, page->base.console, row);
    else if (row)
        add_rule(document, row);
    pager_set(page->pager, document);
    pager_to_start(page->pager);
}

/* What is shown belongs to the newest report: there may be another one since. */
static void follow(struct rules_page *page)
{
    if (page->revision == house_revision(page->house))
        return;
    page->revision = house_revision(page->house);
    struct rule_rows *old = page->rows;
    page->rows = make_rows(page, page->house);
    tree_set(page->tree, page->rows, page->rows->count);
    talloc_free(old);
    TALLOC_FREE(page->shown);
    fill_pane(page);
}

/* ---- the view ---- */

static struct area draw_remark(const struct rules_page *page, struct terminal *terminal, struct area area)
{
    const struct house *house = page->house;
    const char *text = house_is_asking(house)  ? house_doing(house)
                       : house_problem(house)  ? house_problem(house)
                       : !house_report(house)  ? "The rules were not asked yet: v asks them."
                       : house_is_stale(house) ? "Something was changed since: v asks anew."
                                               : NULL;
    if (!text)
        return area;
    enum look look = house_problem(house) && !house_is_asking(house) ? LOOK_BAD : LOOK_NOTE;
    const char *glyph = theme_glyph(house_is_asking(house) ? GLYPH_RUNNING : GLYPH_DOT);
    int at = 1 + terminal_put(terminal, area.row, 1, 2, look, glyph);
    terminal_put(terminal, area.row, at + 1, area.columns - at - 2, look, text);
    return (struct area){area.row + 1, area.column, area.rows - 1, area.columns};
}

static void draw(struct view *base, struct terminal *terminal, struct area area)
{
    struct rules_page *page = (struct rules_page *)base;
    follow(page);
    area = draw_remark(page, terminal, area);
    if (!page->rows->count)
        return;
    struct panes panes = panes_split(area, area.columns, (int)tree_shown_count(page->tree) + 1);
    tree_draw(page->tree, terminal, panes.list);
    if (panes.detail.rows)
        panes_draw_pager(terminal, &panes, row_here(page) && row_here(page)->finding ? "Finding" : "Rule", page->pager);
}

/* Findings of parity that no file is blamed for lead to the comparison itself. */
static bool is_parity(const struct rule_row *row) { return !strncmp(row->rule->id, "parity.", 7); }

static const char *refusal(struct view *base, enum action action)
{
    struct rules_page *page = (struct rules_page *)base;
    follow(page);
    const struct rule_row *row = row_here(page);
    switch ((int)action) {
    case ACTION_CHECK:
        return house_is_asking(page->house) ? "They are being asked: ^C cancels that." : NULL;
    case ACTION_SORT:
    case ACTION_REVERSE:
        return "The rules have one order.";
    case ACTION_OPEN:
    case ACTION_COPY:
        return row ? NULL : "There is no row here.";
    case ACTION_EDIT:
        if (!row || !row->finding || !row->finding->file)
            return "There is no file to be edited for this row.";
        return NULL;
    default:
        return NULL;
    }
}

static void open_parity(struct console *console, const char *id)
{
    static const struct {
        const char *id;
        enum mirror_kind from, to;
    } pairs[] = {{"parity.models", MIRROR_MIGRATIONS, MIRROR_MODELS},
                 {"parity.init", MIRROR_INIT, MIRROR_MIGRATIONS},
                 {"parity.live", MIRROR_MIGRATIONS, MIRROR_LIVE}};
    for (size_t i = 0; i < countof(pairs); i++)
        if (!strcmp(pairs[i].id, id))
            diff_screen_open(console, pairs[i].from, pairs[i].to);
}

static void open_row(struct rules_page *page)
{
    struct console *console = page->base.console;
    const struct rule_row *row = row_here(page);
    if (!row->finding && row->result && row->result->skipped)
        console_say(console, MESSAGE_NOTE, "%s could not be asked: %s", row->rule->id, row->result->skipped);
    else if (!row->finding && (!row->light->findings || !tree_toggle(page->tree)))
        console_say(console, MESSAGE_NOTE, "%s has no findings", row->rule->id);
    else if (row->finding && row->finding->file)
        source_page_open(console, row->finding->file, row->finding->line);
    else if (row->finding && is_parity(row))
        open_parity(console, row->rule->id);
    else if (row->finding)
        console_say(console, MESSAGE_NOTE, "it has no place in a file%s%s", row->finding->hint ? ": " : "",
                    row->finding->hint ? row->finding->hint : "");
}

static void copy(struct rules_page *page)
{
    const struct rule_row *row = row_here(page);
    const char *text = row->identity;
    if (row->finding)
        text = talloc_asprintf(page->shown, "%s: %s", place_of(page->shown, row->finding), row->finding->message);
    terminal_copy(page->base.console->terminal, text, strlen(text));
    console_say(page->base.console, MESSAGE_NOTE, "copied %zu bytes, by way of the terminal (OSC 52)", strlen(text));
}

static bool close_filter(struct rules_page *page)
{
    if (!*tree_filter(page->tree))
        return false;
    tree_set_filter(page->tree, "");
    return true;
}

static bool act(struct view *base, enum action action)
{
    struct rules_page *page = (struct rules_page *)base;
    bool is_done = true;
    follow(page);
    if (action == ACTION_CHECK)
        rules_ask(base->console);
    else if (action == ACTION_OPEN)
        open_row(page);
    else if (action == ACTION_EDIT)
        source_edit(base->console, row_here(page)->finding->file, row_here(page)->finding->line);
    else if (action == ACTION_COPY)
        copy(page);
    else if (action == ACTION_FILTER)
        console_ask(base->console, base, "/", tree_filter(page->tree));
    else if (action == ACTION_CLOSE)
        is_done = close_filter(page);
    else
        is_done = tree_act(page->tree, action);
    fill_pane(page);
    return is_done;
}

static void typed(struct view *base, const char *text, enum typing typing)
{
    struct rules_page *page = (struct rules_page *)base;
    follow(page);
    tree_set_filter(page->tree, typing == TYPING_GIVEN_UP ? "" : text);
    fill_pane(page);
}

static const char *position(struct view *base, TALLOC_CTX *owner)
{
    const struct rules_page *page = (struct rules_page *)base;
    return page->rows->count ? tree_position(page->tree, owner) : "";
}

static const char *crumb(struct view *base, TALLOC_CTX *owner)
{
    const char *filter = tree_filter(((struct rules_page *)base)->tree);
    return *filter ? talloc_asprintf(owner, "House rules  /%s", filter) : "House rules";
}

static const char *summary(struct view *base, TALLOC_CTX *owner)
{
    const struct rules_report *report = house_report(((struct rules_page *)base)->house);
    return report ? talloc_asprintf(owner, "hold %zu · broken %zu · skipped %zu", report->held, report->failed,
                                    report->skipped)
                  : "";
}

static const struct view_class rules_class = {
    .where = AT_RULES | AT_LIST | AT_TREE,
    .draw = draw,
    .act = act,
    .refusal = refusal,
    .typed = typed,
    .summary = summary,
    .position = position,
    .crumb = crumb,
};

void rules_ask(struct console *console)
{
    const char *no_target = NULL;
    if (!console->is_target_open)
        no_target = console->refreshing ? "the target is still being opened" : "the target could not be opened";
    struct error *error = error_new(console);
    if (!house_ask(console->house, no_target, error))
        console_say_error(console, error);
    talloc_free(error);
}

static const char *first_broken(const struct house *house)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (house_light(house, (enum rule_id)i)->findings)
            return rules[i].id;
    return NULL;
}

void rules_page_open(struct console *console, const char *id)
{
    struct rules_page *page = talloc_zero(console, struct rules_page);
    page->base = (struct view){&rules_class, console};
    page->house = console->house;
    page->tree = tree_new(page, &source);
    page->pager = pager_new(page);
    page->revision = house_revision(page->house) + 1;
    follow(page);
    if (id || (id = first_broken(page->house)))
        (void)tree_go(page->tree, id);
    fill_pane(page);
    console_open(console, &page->base);
    if (!house_report(page->house))
        rules_ask(console);
}
