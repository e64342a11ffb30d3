/* See panes.h. */
#include "tui/widgets/panes.h"

#include "store/text.h"
#include "tui/frame.h"

enum { LEAST_LIST_ROWS = 3, LEAST_DETAIL_ROWS = 3, LEAST_SPLIT_ROWS = 8 };

struct panes panes_split(struct area area, int wanted_columns, int wanted_rows)
{
    struct panes panes = {area, {area.row, area.column, 0, area.columns}};
    if (area.columns >= FRAME_WIDE_COLUMNS) {
        int half = area.columns / 2, most = area.columns * 62 / 100;
        int left = wanted_columns < half ? half : wanted_columns < most ? wanted_columns : most;
        panes.list.columns = left - 1;
        panes.detail = (struct area){area.row, area.column + left + 1, area.rows, area.columns - left - 1};
        return panes;
    }
    int most = area.rows * 55 / 100, top = wanted_rows < most ? wanted_rows : most;
    top = area.rows < LEAST_SPLIT_ROWS ? area.rows : top < LEAST_LIST_ROWS ? LEAST_LIST_ROWS : top;
    panes.list.rows = top;
    if (area.rows - top >= LEAST_DETAIL_ROWS)
        panes.detail = (struct area){area.row + top, area.column, area.rows - top, area.columns};
    return panes;
}

void panes_draw_rule(struct terminal *terminal, const struct panes *panes)
{
    if (panes->detail.column == panes->list.column)
        return;
    for (int i = 0; i < panes->detail.rows; i++)
        terminal_put(terminal, panes->detail.row + i, panes->detail.column - 1, 1, LOOK_RULE,
                     theme_glyph(GLYPH_UPRIGHT));
}

void panes_draw_head(struct terminal *terminal, struct area detail, const char *const *names, size_t count, size_t here,
                     const char *place)
{
    terminal_rule(terminal, detail.row, detail.column, detail.columns, LOOK_RULE, GLYPH_RULE);
    int at = detail.column + 1;
    for (size_t i = 0; i < count; i++) {
        at += terminal_put(terminal, detail.row, at, 1, LOOK_PLAIN, i == here ? "[" : " ");
        at += terminal_put(terminal, detail.row, at, 20, i == here ? LOOK_TAB_HERE : LOOK_TAB, names[i]);
        at += terminal_put(terminal, detail.row, at, 1, LOOK_PLAIN, i == here ? "]" : " ") + 1;
    }
    if (!*place)
        return;
    char *shown = talloc_asprintf(NULL, " %s ", place);
    terminal_put(terminal, detail.row, detail.column + detail.columns - text_width(shown) - 1, detail.columns, LOOK_DIM,
                 shown);
    talloc_free(shown);
}

void panes_draw_pager(struct terminal *terminal, const struct panes *panes, const char *name, struct pager *pager)
{
    struct area detail = panes->detail;
    panes_draw_rule(terminal, panes);
    if (!detail.rows)
        return;
    TALLOC_CTX *memory = talloc_new(NULL);
    pager_draw(pager, terminal, (struct area){detail.row + 1, detail.column + 1, detail.rows - 1, detail.columns - 2});
    panes_draw_head(terminal, detail, &name, 1, 0, pager_position(pager, memory));
    talloc_free(memory);
}
