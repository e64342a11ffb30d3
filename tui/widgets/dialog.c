/* See dialog.h. */
#include "tui/widgets/dialog.h"

#include "store/text.h"
#include "tui/console.h"
#include "tui/input.h"
#include "tui/widgets/pager.h"

enum { WIDEST = 90, LEAST = 30, CHROME_ROWS = 6, INSET = 2 };

struct dialog {
    struct view base;
    struct dialog_options options;
    struct pager *pager; /* NULL: nothing to show but the question */
    size_t line_count;
    struct text_field field;
    const char *complaint; /* about what was typed, or NULL */
};

static void answer(struct dialog *dialog, enum dialog_answer given)
{
    dialog_answer_fn on_answer = dialog->options.on_answer;
    void *argument = dialog->options.argument;
    console_close_dialog(dialog->base.console);
    on_answer(argument, given);
}

static void enter_name(struct dialog *dialog)
{
    if (strcmp(dialog->field.text, dialog->options.name) == 0)
        answer(dialog, DIALOG_YES);
    else if (!*dialog->field.text)
        dialog->complaint = "Nothing was typed yet. Esc cancels.";
    else
        dialog->complaint = "That is not the name. Nothing was done; Esc cancels.";
}

static enum action scroll_action(int key)
{
    switch (key) {
    case INPUT_UP:
        return ACTION_UP;
    case INPUT_DOWN:
        return ACTION_DOWN;
    case INPUT_PAGE_UP:
        return ACTION_PAGE_UP;
    case INPUT_PAGE_DOWN:
        return ACTION_PAGE_DOWN;
    default:
        return ACTION_NONE;
    }
}

static bool on_key(struct view *view, int key)
{
    struct dialog *dialog = (struct dialog *)view;
    dialog->complaint = NULL;
    if (key == INPUT_ESCAPE || key == INPUT_CONTROL('c'))
        answer(dialog, DIALOG_NO);
    else if (scroll_action(key) != ACTION_NONE)
        (void)(dialog->pager && pager_act(dialog->pager, scroll_action(key)));
    else if (dialog->options.name && key == INPUT_ENTER)
        enter_name(dialog);
    else if (dialog->options.name)
        (void)field_key(&dialog->field, key);
    else if (key == 'y')
        answer(dialog, DIALOG_YES);
    else if (key == INPUT_ENTER || key == 'n' || key == 'N' || key == 'q')
        answer(dialog, DIALOG_NO);
    else
        dialog->complaint = "Only y says yes; Enter and Esc cancel.";
    return true;
}

static void on_paste(struct view *view, int key)
{
    struct dialog *dialog = (struct dialog *)view;
    if (dialog->options.name)
        (void)field_key(&dialog->field, key);
}

void dialog_draw_frame(struct terminal *terminal, struct area box, enum look look, const char *title)
{
    int bottom = box.row + box.rows - 1, right = box.column + box.columns - 1;
    for (int row = box.row; row <= bottom; row++)
        terminal_fill(terminal, row, box.column, box.columns, LOOK_PLAIN);
    terminal_rule(terminal, box.row, box.column, box.columns, look, GLYPH_RULE);
    terminal_rule(terminal, bottom, box.column, box.columns, look, GLYPH_RULE);
    for (int row = box.row + 1; row < bottom; row++) {
        terminal_put(terminal, row, box.column, 1, look, theme_glyph(GLYPH_UPRIGHT));
        terminal_put(terminal, row, right, 1, look, theme_glyph(GLYPH_UPRIGHT));
    }
    terminal_put(terminal, box.row, box.column, 1, look, theme_glyph(GLYPH_TOP_LEFT));
    terminal_put(terminal, box.row, right, 1, look, theme_glyph(GLYPH_TOP_RIGHT));
    terminal_put(terminal, bottom, box.column, 1, look, theme_glyph(GLYPH_BOTTOM_LEFT));
    terminal_put(terminal, bottom, right, 1, look, theme_glyph(GLYPH_BOTTOM_RIGHT));
    char *label = talloc_asprintf(terminal, " %s ", title);
    terminal_put(terminal, box.row, box.column + INSET, box.columns - 2 * INSET, look, label);
    talloc_free(label);
}

static void draw_yes_no(const struct dialog *dialog, struct terminal *terminal, struct area row)
{
    int at = row.column;
    at += terminal_put(terminal, row.row, at, row.columns, LOOK_CURSOR, "[ Cancel ]");
    at += terminal_put(terminal, row.row, at, row.columns, LOOK_PLAIN, "    ");
    at += terminal_put(terminal, row.row, at, row.columns, LOOK_KEY, "y");
    at += terminal_put(terminal, row.row, at, row.columns, LOOK_PLAIN, " ");
    terminal_put(terminal, row.row, at, row.column + row.columns - at, LOOK_PLAIN, dialog->options.verb);
}

static void draw_name(const struct dialog *dialog, struct terminal *terminal, struct area row)
{
    char *prompt = talloc_asprintf(terminal, "Type %s, the name of the database: ", dialog->options.name);
    field_draw(terminal, row, prompt, dialog->field.text, dialog->field.at);
    talloc_free(prompt);
}

static const char *name_state(const struct dialog *dialog, TALLOC_CTX *owner)
{
    if (strcmp(dialog->field.text, dialog->options.name) == 0)
        return talloc_asprintf(owner, "Enter: %s.  Esc: cancel.", dialog->options.verb);
    return "Not yet: the whole name must stand there.  Esc: cancel.";
}

static void draw(struct view *view, struct terminal *terminal, struct area area)
{
    struct dialog *dialog = (struct dialog *)view;
    int columns = area.columns - 4 < WIDEST ? area.columns - 4 : WIDEST;
    int rows = (int)(dialog->line_count < 500 ? dialog->line_count : 500) + CHROME_ROWS + (dialog->line_count > 0);
    rows = rows < area.rows ? rows : area.rows;
    if (columns < LEAST || rows < 4)
        columns = area.columns;
    struct area box = {area.row + (area.rows - rows) / 2, area.column + (area.columns - columns) / 2, rows, columns};
    bool is_dangerous = dialog->options.mood == DIALOG_DANGEROUS;
    dialog_draw_frame(terminal, box, is_dangerous ? LOOK_DANGER : LOOK_DIALOG, dialog->options.title);
    struct area inner = {box.row + 1, box.column + INSET, box.rows - 2, box.columns - 2 * INSET};
    terminal_put(terminal, inner.row, inner.column, inner.columns, LOOK_STRONG, dialog->options.question);
    if (dialog->pager && inner.rows > 5)
        pager_draw(dialog->pager, terminal, (struct area){inner.row + 2, inner.column, inner.rows - 5, inner.columns});
    struct area bottom = {inner.row + inner.rows - 2, inner.column, 1, inner.columns};
    (dialog->options.name ? draw_name : draw_yes_no)(dialog, terminal, bottom);
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *hint = dialog->options.name ? name_state(dialog, memory) : "Enter and Esc cancel.";
    terminal_put(terminal, bottom.row + 1, bottom.column, bottom.columns, dialog->complaint ? LOOK_WARN : LOOK_DIM,
                 dialog->complaint ? dialog->complaint : hint);
    talloc_free(memory);
}

static const struct view_class yes_no_class = {
    .draw = draw, .key = on_key, .footer = "y yes   Enter Esc cancel   Up Down scroll"};
static const struct view_class name_class = {.draw = draw,
                                             .key = on_key,
                                             .paste = on_paste,
                                             .footer =
                                                 "Enter when the name stands there   Esc cancel   Up Down scroll"};

void dialog_open(struct console *console, const struct dialog_options *options)
{
    struct dialog *dialog = talloc_zero(console, struct dialog);
    dialog->base = (struct view){options->name ? &name_class : &yes_no_class, console};
    dialog->options = *options;
    dialog->options.title = talloc_strdup(dialog, options->title);
    dialog->options.question = talloc_strdup(dialog, options->question);
    dialog->options.verb = talloc_strdup(dialog, options->verb);
    dialog->options.name = options->name ? talloc_strdup(dialog, options->name) : NULL;
    if (options->lines) {
        dialog->pager = pager_new(dialog);
        dialog->line_count = options->lines->count;
        pager_set(dialog->pager, options->lines);
        pager_cut(dialog->pager);
    }
    console_open_dialog(console, &dialog->base);
}
