/* See help.h. */
#include "tui/screens/help.h"

#include "tui/command.h"
#include "tui/diff_rows.h"
#include "tui/screens/page.h"

enum { KEY_COLUMNS = 10, NAME_COLUMNS = 12 };

static void add_action(struct document *document, const struct action_row *row)
{
    document_add(document, LOOK_KEY, "  %-*s ", KEY_COLUMNS, row->keys);
    document_add(document, LOOK_PLAIN, "%s", row->text);
    if (row->command)
        document_add(document, LOOK_DIM, "  (:%s)", row->command);
    document_end_line(document);
}

static void add_actions(struct document *document, unsigned where, unsigned not_where)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_row *row = action_row((enum action)i);
        bool is_screen = i >= ACTION_SCREEN_1 && i <= ACTION_SCREEN_6; /* they have a part of their own */
        if (!is_screen && (row->where & where) && !(row->where & not_where))
            add_action(document, row);
    }
}

static void add_elsewhere(struct document *document, unsigned where)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (!(action_row((enum action)i)->where & where))
            add_action(document, action_row((enum action)i));
}

static void add_screens(struct document *document)
{
    for (int i = 0; i < SCREEN_COUNT; i++) {
        const struct screen_row *row = screen_row((enum screen_id)i);
        if (row->maker) {
            document_add(document, LOOK_KEY, "  %-*d ", KEY_COLUMNS, row->number);
            document_line(document, LOOK_PLAIN, "%s: %s", row->title, row->text);
        }
    }
}

static void add_commands(struct document *document)
{
    static const char *const own[][2] = {
        {"q, quit", "Quit."},
        {"messages", "What the console has said."},
        {"screen FILE", "Save the screen as text."},
    };
    for (size_t i = 0; i < countof(own); i++) {
        document_add(document, LOOK_KEY, "  :%-*s", NAME_COLUMNS, own[i][0]);
        document_line(document, LOOK_PLAIN, "%s", own[i][1]);
    }
    for (size_t i = 0; commands[i]; i++) {
        document_add(document, LOOK_KEY, "  :%-*s", NAME_COLUMNS, commands[i]->name);
        document_line(document, LOOK_PLAIN, "%s", commands[i]->summary);
    }
}

void help_open(struct console *console)
{
    const struct view *front = console_front(console);
    unsigned everywhere_bit = AT_RUN; /* only what is at home everywhere has it */
    struct document *document = document_new(console);
    document_line(document, LOOK_HEAD, " Keys here");
    add_actions(document, front->class->where, everywhere_bit);
    document_line(document, LOOK_HEAD, "\n Keys everywhere");
    add_actions(document, everywhere_bit, 0);
    document_line(document, LOOK_HEAD, "\n Screens");
    add_screens(document);
    document_line(document, LOOK_HEAD, "\n Keys of other views");
    add_elsewhere(document, front->class->where | everywhere_bit);
    document_line(document, LOOK_HEAD, "\n Commands (: and the word)");
    add_commands(document);
    document_line(document, LOOK_HEAD, "\n Signs");
    document_line(document, LOOK_PLAIN,
                  "  A state is a sign and a word: %s applied, %s pending, %s out of order, %s changed, %s missing,",
                  theme_glyph(GLYPH_APPLIED), theme_glyph(GLYPH_PENDING), theme_glyph(GLYPH_OUT_OF_ORDER),
                  theme_glyph(GLYPH_CHANGED), theme_glyph(GLYPH_MISSING));
    document_line(
        document, LOOK_PLAIN,
        "  %s incomplete. > is the cursor, * a mark. Nothing that changes a target is on a small letter or Enter.",
        theme_glyph(GLYPH_INCOMPLETE));
    document_line(
        document, LOOK_PLAIN,
        "  Of differences: %s breaking, %s behavioural, %s performance, %s cosmetic; ! loses data.",
        theme_glyph(diff_severity(SEVERITY_BREAKING)->glyph), theme_glyph(diff_severity(SEVERITY_BEHAVIOURAL)->glyph),
        theme_glyph(diff_severity(SEVERITY_PERFORMANCE)->glyph), theme_glyph(diff_severity(SEVERITY_COSMETIC)->glyph));
    page_open(console, "Help", document, PAGE_FLUSH);
}
