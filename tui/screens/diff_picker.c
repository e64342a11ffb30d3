/* The choice of two mirrors: a column for each side. See diff.h. */
#include "store/text.h"
#include "tui/input.h"
#include "tui/screens/diff.h"
#include "tui/widgets/dialog.h"

enum { SIDES = 2, COLUMNS = 64, INSET = 3, CHROME_ROWS = 9, SIDE_COLUMNS = 16 };

struct picker {
    struct view base;
    enum mirror_kind chosen[SIDES];
    int side; /* where the cursor is */
    diff_picked_fn on_picked;
    void *argument;
};

static void done(struct picker *picker)
{
    diff_picked_fn on_picked = picker->on_picked;
    void *argument = picker->argument;
    enum mirror_kind from = picker->chosen[0], to = picker->chosen[1];
    console_close_dialog(picker->base.console);
    on_picked(argument, from, to);
}

/* Both sides never stand on the same mirror: the other one takes what this one gives up. */
static void choose(struct picker *picker, int kind)
{
    enum mirror_kind wanted = (enum mirror_kind)((kind + MIRRORS_COUNT) % MIRRORS_COUNT);
    if (picker->chosen[!picker->side] == wanted)
        picker->chosen[!picker->side] = picker->chosen[picker->side];
    picker->chosen[picker->side] = wanted;
}

static void swap(struct picker *picker)
{
    enum mirror_kind from = picker->chosen[0];
    picker->chosen[0] = picker->chosen[1];
    picker->chosen[1] = from;
}

static bool on_key(struct view *view, int key)
{
    struct picker *picker = (struct picker *)view;
    int here = (int)picker->chosen[picker->side];
    if (key == INPUT_ESCAPE || key == INPUT_CONTROL('c') || key == 'q')
        console_close_dialog(view->console);
    else if (key == INPUT_ENTER)
        done(picker);
    else if (key == 'j' || key == INPUT_DOWN)
        choose(picker, here + 1);
    else if (key == 'k' || key == INPUT_UP)
        choose(picker, here - 1);
    else if (key == 'h' || key == 'l' || key == INPUT_LEFT || key == INPUT_RIGHT || key == INPUT_TAB)
        picker->side = !picker->side;
    else if (key == 'x')
        swap(picker);
    else if (key >= '1' && key < '1' + MIRRORS_COUNT)
        choose(picker, key - '1');
    return true;
}

static void draw_side(const struct picker *picker, struct terminal *terminal, struct area area, int side)
{
    static const char *const titles[SIDES] = {"from", "to"};
    bool is_here = picker->side == side;
    terminal_put(terminal, area.row, area.column, area.columns, is_here ? LOOK_TAB_HERE : LOOK_TAB, titles[side]);
    for (int i = 0; i < MIRRORS_COUNT; i++) {
        bool is_chosen = (int)picker->chosen[side] == i;
        char line[SIDE_COLUMNS + 1];
        snprintf(line, sizeof line, "%s %s ", is_chosen ? ">" : " ", mirrors_name((enum mirror_kind)i));
        terminal_put(terminal, area.row + 1 + i, area.column - 1, area.columns,
                     is_chosen && is_here ? LOOK_CURSOR
                     : is_chosen          ? LOOK_STRONG
                                          : LOOK_PLAIN,
                     line);
    }
}

static void draw(struct view *view, struct terminal *terminal, struct area area)
{
    const struct picker *picker = (struct picker *)view;
    int columns = area.columns < COLUMNS ? area.columns : COLUMNS, rows = CHROME_ROWS + MIRRORS_COUNT;
    struct area box = {area.row + (area.rows > rows ? (area.rows - rows) / 3 : 0),
                       area.column + (area.columns - columns) / 2, rows < area.rows ? rows : area.rows, columns};
    TALLOC_CTX *memory = talloc_new(NULL);
    int row = box.row + (area.rows < rows ? 0 : 1), column = box.column + INSET;
    dialog_draw_frame(terminal, box, LOOK_DIALOG, "Compare two mirrors");
    struct area side = {row + 1, column + 1, 1 + MIRRORS_COUNT, SIDE_COLUMNS};
    draw_side(picker, terminal, side, 0);
    terminal_put(terminal, row + 1, column + SIDE_COLUMNS + 2, 2, LOOK_DIM, theme_glyph(GLYPH_ARROW));
    side.column += SIDE_COLUMNS + 6;
    draw_side(picker, terminal, side, 1);
    row = side.row + side.rows + 1;
    for (int i = 0; i < SIDES; i++)
        terminal_put(terminal, row + i, column, columns - 2 * INSET, LOOK_DIM,
                     talloc_asprintf(memory, "%-5s %s", i ? "to" : "from",
                                     diff_mirror_text(memory, view->console, picker->chosen[i])));
    terminal_put(terminal, row + 2, column, columns - 2 * INSET, LOOK_PLAIN,
                 talloc_asprintf(memory, "The script will turn %s into %s.", mirrors_name(picker->chosen[0]),
                                 mirrors_name(picker->chosen[1])));
    talloc_free(memory);
}

static const struct view_class picker_class = {
    .draw = draw, .key = on_key, .footer = "j k 1-4 mirror   h l Tab side   x swap   Enter compare   Esc cancel"};

void diff_picker_open(struct console *console, enum mirror_kind from, enum mirror_kind to, diff_picked_fn on_picked,
                      void *argument)
{
    struct picker *picker = talloc_zero(console, struct picker);
    picker->base = (struct view){&picker_class, console};
    picker->chosen[0] = from;
    picker->chosen[1] = to;
    picker->on_picked = on_picked;
    picker->argument = argument;
    console_open_dialog(console, &picker->base);
}
