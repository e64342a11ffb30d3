/* See state.h. */
#include "tui/screens/state.h"

static const struct state_row rows[] = {
    [MIGRATION_APPLIED] = {GLYPH_APPLIED, "applied", LOOK_GOOD, NULL},
    [MIGRATION_PENDING] = {GLYPH_PENDING, "pending", LOOK_NOTE, "A in Migrations plans and applies it."},
    [MIGRATION_OUT_OF_ORDER] =
        {GLYPH_OUT_OF_ORDER, "out of order", LOOK_WARN,
         "It is below the highest applied version: give it a higher number, or :apply --out-of-order."},
    [MIGRATION_CHANGED] =
        {GLYPH_CHANGED, "changed", LOOK_WARN,
         "The file is not what was applied: restore it, or accept it with :mark VERSION --accept --reason TEXT."},
    [MIGRATION_MISSING] =
        {GLYPH_MISSING, "missing", LOOK_BAD,
         "The ledger has it, the folder does not: bring the file back, or :mark VERSION --pending --reason TEXT."},
    [MIGRATION_INCOMPLETE] = {GLYPH_INCOMPLETE, "incomplete", LOOK_BAD,
                              "It stopped midway: A resumes it behind its last finished step."},
};
_Static_assert(countof(rows) == MIGRATION_STATE_COUNT, "every state has its row");

const struct state_row *state_row(enum migration_state state) { return &rows[state]; }

const char *state_text(TALLOC_CTX *owner, enum migration_state state)
{
    return talloc_asprintf(owner, "%s %s", theme_glyph(rows[state].glyph), rows[state].word);
}

char *state_counts(TALLOC_CTX *owner, const struct status *status)
{
    char *text = talloc_strdup(owner, "");
    for (int i = MIGRATION_STATE_COUNT - 1; i >= 0; i--) {
        if (status->counts[i] && *text)
            text = talloc_asprintf_append_buffer(text, " %s ", theme_glyph(GLYPH_DOT));
        if (status->counts[i])
            text = talloc_asprintf_append_buffer(text, "%s %zu", rows[i].word, status->counts[i]);
    }
    return text;
}
