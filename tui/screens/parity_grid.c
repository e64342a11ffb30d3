/* See parity_grid.h. */
#include "tui/screens/parity_grid.h"

#include "store/text.h"
#include "tui/mirrors.h"

enum { NAME_COLUMNS = 11, PAIR_COLUMNS = 13 };

enum pair_place { ELSEWHERE, UNDER_CURSOR };

static const char *pair_text(TALLOC_CTX *owner, const struct parity_pair *pair, enum look *look)
{
    *look = LOOK_PLAIN;
    switch (pair->state) {
    case PARITY_UNASKED:
        *look = LOOK_DIM;
        return talloc_asprintf(owner, "%s not asked", theme_glyph(GLYPH_DOT));
    case PARITY_ASKING:
        *look = LOOK_NOTE;
        return talloc_asprintf(owner, "%s asking%s", theme_glyph(GLYPH_RUNNING), theme_glyph(GLYPH_ELLIPSIS));
    case PARITY_EQUAL:
        *look = LOOK_GOOD;
        return talloc_asprintf(owner, "%s equal", theme_glyph(GLYPH_DONE));
    case PARITY_DIFFERS:
        *look = LOOK_WARN;
        return talloc_asprintf(owner, "%s %zu differ%s", theme_glyph(GLYPH_CHANGED), pair->differences,
                               pair->differences == 1 ? "s" : "");
    case PARITY_FAILED:
        *look = LOOK_BAD;
        return talloc_asprintf(owner, "%s cannot", theme_glyph(GLYPH_FAILED));
    }
    return "";
}

static void add_pair(struct document *document, const struct parity_pair *pair, enum pair_place place)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    enum look look;
    const char *text = pair_text(memory, pair, &look);
    document_add(document, place == UNDER_CURSOR ? LOOK_CURSOR : look, "%s", text_fit(memory, text, PAIR_COLUMNS));
    document_add(document, LOOK_PLAIN, "  ");
    talloc_free(memory);
}

/* Why pairs cannot be asked, each reason once. */
static void add_reasons(struct document *document, const struct parity *parity)
{
    for (size_t i = 0; i < PARITY_PAIRS; i++) {
        const struct parity_pair *pair = parity_pair(parity, i);
        bool is_new = pair->reason != NULL;
        for (size_t j = 0; j < i && is_new; j++)
            is_new = !parity_pair(parity, j)->reason || strcmp(parity_pair(parity, j)->reason, pair->reason) != 0;
        if (!is_new)
            continue;
        document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, "");
        document_add(document, LOOK_BAD, "%s ", theme_glyph(GLYPH_FAILED));
        document_line(document, LOOK_PLAIN, "%s with %s: %s", mirrors_name(pair->from), mirrors_name(pair->to),
                      pair->reason);
    }
}

void parity_grid_add(struct document *document, const struct parity *parity, size_t here)
{
    document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, "Parity");
    for (int to = MIRROR_MIGRATIONS; to <= MIRROR_LIVE; to++)
        document_add(document, LOOK_HEAD, "%-*s  ", PAIR_COLUMNS, mirrors_name((enum mirror_kind)to));
    document_end_line(document);
    size_t index = 0;
    for (int from = MIRROR_MODELS; from < MIRROR_LIVE; from++) {
        document_add(document, LOOK_HEAD, " %-*s ", NAME_COLUMNS, mirrors_name((enum mirror_kind)from));
        document_add(document, LOOK_PLAIN, "%*s", from * (PAIR_COLUMNS + 2), "");
        for (int to = from + 1; to <= MIRROR_LIVE; to++, index++)
            add_pair(document, parity_pair(parity, index), index == here ? UNDER_CURSOR : ELSEWHERE);
        document_end_line(document);
    }
    add_reasons(document, parity);
    document_fact(document, "", NAME_COLUMNS, LOOK_NOTE, "%s", parity_doing(parity));
}
