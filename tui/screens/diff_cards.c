/* What the screen Diff shows where there is no tree: before anything was asked, while it is built, when it failed, when
 * all is equal. See diff.h. */
#include "store/clock.h"
#include "tui/answer.h"
#include "tui/screens/diff.h"
#include "tui/screens/source.h"

enum { NAME_COLUMNS = 12, BAR_COLUMNS = 40, LINES_AROUND = 2, FINDINGS_SHOWN = 20 };

/* ---- mirrors ---- */

static const char *models_text(TALLOC_CTX *owner, const struct settings *settings)
{
    const char *const *command = settings_models_command(settings);
    if (!command)
        return settings_text(settings, SETTING_models);
    char *text = talloc_strdup(owner, "what is printed by");
    for (; *command; command++)
        text = talloc_asprintf_append_buffer(text, " %s", *command);
    return text;
}

const char *diff_mirror_text(TALLOC_CTX *owner, const struct console *console, enum mirror_kind kind)
{
    const struct settings *settings = console->deck->settings;
    switch (kind) {
    case MIRROR_MODELS:
        return models_text(owner, settings);
    case MIRROR_MIGRATIONS:
        if (!console->survey)
            return settings_text(settings, SETTING_migrations);
        return talloc_asprintf(owner, "%s in %s", answer_count(owner, console->survey->directory->count, "file"),
                               settings_text(settings, SETTING_migrations));
    case MIRROR_INIT:
        return settings_text(settings, SETTING_init);
    case MIRROR_LIVE:
        if (!console->is_target_open)
            return "the target; it is not open yet";
        return talloc_asprintf(owner, "%s, %s", console->deck->target->name,
                               console->deck->target->is_embedded ? "the private cluster of this project"
                                                                  : target_describe(owner, console->deck->target));
    case MIRROR_FILE:
    case MIRROR_DATABASE:
        break;
    }
    return "";
}

/* ---- cards ---- */

struct document *diff_start_card(TALLOC_CTX *owner, const struct console *console, enum mirror_kind from,
                                 enum mirror_kind to)
{
    struct document *document = document_new(owner);
    TALLOC_CTX *memory = talloc_new(NULL);
    document_line(document, LOOK_STRONG, "\n Nothing was compared yet.\n");
    for (int i = 0; i < MIRRORS_COUNT; i++)
        document_fact(document, mirrors_name((enum mirror_kind)i), NAME_COLUMNS, LOOK_PLAIN, "%s",
                      diff_mirror_text(memory, console, (enum mirror_kind)i));
    document_end_line(document);
    document_add(document, LOOK_KEY, " Enter ");
    document_line(document, LOOK_PLAIN, "compares %s with %s.", mirrors_name(from), mirrors_name(to));
    document_add(document, LOOK_KEY, " c     ");
    document_line(document, LOOK_PLAIN, "chooses two others.");
    document_line(document, LOOK_DIM,
                  "\n What is not a database is built in a scratch database first; the target is only read.");
    talloc_free(memory);
    return document;
}

struct document *diff_equal_card(TALLOC_CTX *owner, const struct compared *compared)
{
    struct document *document = document_new(owner);
    document_line(document, LOOK_GOOD, "\n %s %s and %s are equal.", theme_glyph(GLYPH_DONE),
                  mirrors_name(compared->from), mirrors_name(compared->to));
    document_line(document, LOOK_PLAIN, "   %s compared.\n",
                  answer_count(document, compared->comparison->diff->item_count, "object"));
    struct diff_subject subject = {.compared = compared, .extent = DIFF_IN_FULL};
    struct document *notes = diff_document(document, &subject, DIFF_TAB_NOTES);
    char *text = document_text(document, notes);
    document_add_bytes(document, LOOK_PLAIN, text, strlen(text));
    return document;
}

static void add_way_out(struct document *document, const struct error *error)
{
    document_line(document, LOOK_HEAD, "\n What to do");
    if (error->hint)
        document_line(document, LOOK_PLAIN, "   %s", error->hint);
    if (error->file && error->line) {
        document_add(document, LOOK_KEY, "   b ");
        document_add(document, LOOK_PLAIN, "shows the file there, ");
        document_add(document, LOOK_KEY, "e ");
        document_line(document, LOOK_PLAIN, "opens it in the editor.");
    }
    document_add(document, LOOK_KEY, "   r ");
    document_add(document, LOOK_PLAIN, "tries again, ");
    document_add(document, LOOK_KEY, "c ");
    document_line(document, LOOK_PLAIN, "chooses other mirrors.");
}

struct document *diff_error_card(TALLOC_CTX *owner, const struct console *console, const struct error *error,
                                 enum mirror_kind from, enum mirror_kind to)
{
    struct document *document = document_new(owner);
    if (error->code == ERROR_CANCELLED) {
        document_line(document, LOOK_WARN, "\n Cancelled: %s and %s were not compared.", mirrors_name(from),
                      mirrors_name(to));
        add_way_out(document, error);
        return document;
    }
    document_line(document, LOOK_BAD, "\n %s %s and %s could not be compared.", theme_glyph(GLYPH_FAILED),
                  mirrors_name(from), mirrors_name(to));
    if (error->file && error->line)
        document_line(document, LOOK_STRONG, "   %s:%d:%d", error->file, error->line, error->column);
    document_add(document, LOOK_STRONG, "   %s%s", error->sqlstate, *error->sqlstate ? " " : "");
    document_line(document, LOOK_PLAIN, "%s", error->message);
    if (error->detail)
        document_line(document, LOOK_PLAIN, "   %s", error->detail);
    if (error->context)
        document_line(document, LOOK_DIM, "   %s", error->context);
    if (error->file && error->line) {
        document_end_line(document);
        source_add_lines(document, console, error->file, error->line, LINES_AROUND);
    }
    add_way_out(document, error);
    return document;
}

/* ---- progress ---- */

static void draw_bar(struct terminal *terminal, struct area row, size_t done, size_t total)
{
    int width = row.columns < BAR_COLUMNS ? row.columns : BAR_COLUMNS;
    int full = total ? (int)((size_t)width * (done < total ? done : total) / total) : 0;
    terminal_rule(terminal, row.row, row.column, full, LOOK_GOOD, GLYPH_BAR_FULL);
    terminal_rule(terminal, row.row, row.column + full, width - full, LOOK_DIM, GLYPH_BAR_EMPTY);
}

static const char *step_text(TALLOC_CTX *owner, const struct mirror_progress *side)
{
    switch (side->step) {
    case MIRROR_WAITING:
        return "waiting";
    case MIRROR_BUILDING:
        if (!side->total)
            return "opening a scratch database";
        return talloc_asprintf(owner, "building, %zu of %zu  %s", side->done, side->total, side->name);
    case MIRROR_READING:
        return "reading the catalog";
    case MIRROR_DONE:
        break;
    }
    return "read";
}

static void draw_side(const struct mirror_progress *side, struct terminal *terminal, struct area area,
                      enum mirror_kind kind)
{
    bool is_done = side->step == MIRROR_DONE, is_waiting = side->step == MIRROR_WAITING;
    enum look look = is_done ? LOOK_GOOD : is_waiting ? LOOK_DIM : LOOK_NOTE;
    TALLOC_CTX *memory = talloc_new(NULL);
    terminal_put(terminal, area.row, area.column, 1, look,
                 theme_glyph(is_done      ? GLYPH_DONE
                             : is_waiting ? GLYPH_DOT
                                          : GLYPH_RUNNING));
    terminal_put(terminal, area.row, area.column + 2, NAME_COLUMNS, LOOK_STRONG, mirrors_name(kind));
    terminal_put(terminal, area.row, area.column + 2 + NAME_COLUMNS, area.columns - 2 - NAME_COLUMNS, look,
                 step_text(memory, side));
    if (side->step == MIRROR_BUILDING && side->total)
        draw_bar(terminal,
                 (struct area){area.row + 1, area.column + 2 + NAME_COLUMNS, 1, area.columns - 2 - NAME_COLUMNS},
                 side->done, side->total);
    talloc_free(memory);
}

void diff_draw_progress(const struct diff_progress *progress, struct terminal *terminal, struct area area)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    int64_t seconds = (clock_monotonic_ms() - progress->start_ms) / 1000;
    bool is_built =
        progress->sides[progress->from].step == MIRROR_DONE && progress->sides[progress->to].step == MIRROR_DONE;
    struct area inner = {area.row + 1, area.column + 2, 2, area.columns - 4};
    terminal_put(
        terminal, inner.row, inner.column, inner.columns, LOOK_STRONG,
        talloc_asprintf(memory, "Comparing %s with %s", mirrors_name(progress->from), mirrors_name(progress->to)));
    terminal_put(
        terminal, inner.row, inner.column + inner.columns - 13, 13, LOOK_PLAIN,
        talloc_asprintf(memory, "elapsed %02lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60)));
    inner.row += 2;
    draw_side(&progress->sides[progress->from], terminal, inner, progress->from);
    inner.row += 3;
    draw_side(&progress->sides[progress->to], terminal, inner, progress->to);
    inner.row += 3;
    terminal_put(terminal, inner.row, inner.column, inner.columns, LOOK_DIM,
                 is_built ? "Comparing them, and looking for the files to blame.  ^C cancels."
                          : "^C cancels.  Other screens can be used meanwhile.");
    talloc_free(memory);
}
