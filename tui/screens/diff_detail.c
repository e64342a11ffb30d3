/* What is known of a difference, an object, a group; the script; the remarks. See diff.h. */
#include "store/text.h"
#include "tui/answer.h"
#include "tui/highlight.h"
#include "tui/screens/diff.h"
#include "tui/widgets/sidebyside.h"

enum {
    FACT_COLUMNS = 10,
    BESIDE_COLUMNS = 100,
    MOST_CHANGES = 200,
    MOST_SQL_BYTES = 1 << 20,
    MOST_VALUE_BYTES = 1 << 20
};

const char *const diff_tab_names[DIFF_TAB_COUNT] = {"Difference", "Script", "Notes"};

/* ---- SQL ---- */

static char *append_sql(char *text, const struct change *change)
{
    for (const char *const *sql = change->sql; sql && *sql && talloc_get_size(text) < MOST_SQL_BYTES; sql++)
        text = talloc_asprintf_append_buffer(text, "%s;\n", *sql);
    return text;
}

char *diff_row_sql(TALLOC_CTX *owner, const struct diff_rows *rows, const struct diff_row *row)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = row->first; i < row->end; i++)
        text = append_sql(text, rows->order[i]);
    return text;
}

static void add_sql(struct document *document, const struct diff_subject *subject)
{
    char *sql = diff_row_sql(document, subject->rows, subject->row);
    document_line(document, LOOK_HEAD, "\nSQL");
    if (!*sql)
        document_line(document, LOOK_DIM, "The statements of another difference close this one too: see Script.");
    highlight_sql(document, sql, strlen(sql));
    talloc_free(sql);
}

/* ---- a difference ---- */

static void add_head(struct document *document, const struct change *change, const char *name)
{
    const struct diff_severity *severity = diff_severity(change->severity);
    document_add(document, severity->look, "%s %s", theme_glyph(severity->glyph), severity->word);
    document_add(document, LOOK_PLAIN, "  %s  ", change_action_name(change->action));
    document_add(document, LOOK_STRONG, "%s", name);
    if (change->attribute)
        document_add(document, LOOK_NOTE, "%s%s", *name ? "  " : "", change->attribute);
    document_end_line(document);
    if (change->loss == CHANGE_LOSES_DATA)
        document_line(document, LOOK_BAD, "! Closing it loses data.");
}

static void add_blame(struct document *document, const struct diff_subject *subject, const struct change *change)
{
    const struct compared *compared = subject->compared;
    if (compared->from != MIRROR_MIGRATIONS && compared->to != MIRROR_MIGRATIONS)
        return;
    document_add(document, LOOK_DIM, "set by ");
    if (!change->blame) {
        document_line(document, LOOK_DIM, "no migration: they never had it");
        return;
    }
    document_add(document, LOOK_PLAIN, "%s  ", change->blame);
    document_add(document, LOOK_KEY, "b");
    document_add(document, LOOK_DIM, " shows it, ");
    document_add(document, LOOK_KEY, "e");
    document_line(document, LOOK_DIM, " opens it");
}

/* A value of a megabyte is compared by its beginning. */
static const char *bounded(TALLOC_CTX *owner, const char *value)
{
    return value && strlen(value) > MOST_VALUE_BYTES ? talloc_strndup(owner, value, MOST_VALUE_BYTES) : value;
}

static void add_values(struct document *document, const struct diff_subject *subject, const struct change *change)
{
    struct sidebyside options = {
        .old = bounded(document, change->from),
        .new = bounded(document, change->to),
        .old_title = mirrors_name(subject->compared->from),
        .new_title = mirrors_name(subject->compared->to),
        .columns = subject->columns,
        .layout = subject->layout == DIFF_ABOVE ? SIDEBYSIDE_ABOVE : SIDEBYSIDE_FITTING,
        .extent = subject->extent == DIFF_IN_FULL ? SIDEBYSIDE_WHOLE : SIDEBYSIDE_CHANGES,
    };
    sidebyside_add(document, &options);
}

static bool is_one_sided(const struct change *change)
{
    return change->action == CHANGE_CREATE || change->action == CHANGE_DROP;
}

/* What an object is that one side alone has. */
static void add_fields(struct document *document, const struct change *change)
{
    const struct object *object = change->from_object ? change->from_object : change->to_object;
    bool has_any = false;
    for (size_t i = 0; object && i < object->kind->field_count; i++) {
        const struct field *field = &object->kind->fields[i];
        const char *value = field_value(object, field);
        if (!value || !*value || field->role == FIELD_FACT)
            continue;
        if (!has_any)
            document_line(document, LOOK_HEAD, "\nWhat it is");
        has_any = true;
        document_fact(document, field->name, FACT_COLUMNS, LOOK_PLAIN, "%s", value);
    }
}

static const char *where_text(TALLOC_CTX *owner, const struct diff_subject *subject, const struct change *change)
{
    bool is_new = change->action == CHANGE_CREATE;
    const char *there = mirrors_name(is_new ? subject->compared->to : subject->compared->from);
    const char *absent = mirrors_name(is_new ? subject->compared->from : subject->compared->to);
    return talloc_asprintf(owner, "Only %s has it; %s has not.", there, absent);
}

static void add_change(struct document *document, const struct diff_subject *subject, const struct change *change)
{
    add_head(document, change, talloc_asprintf(document, "%s %s", change->kind->title, change->name));
    add_blame(document, subject, change);
    document_end_line(document);
    if (is_one_sided(change))
        document_line(document, LOOK_PLAIN, "%s", where_text(document, subject, change));
    else
        add_values(document, subject, change);
    add_sql(document, subject);
    if (is_one_sided(change))
        add_fields(document, change);
}

/* ---- an object, a group ---- */

static void add_object(struct document *document, const struct diff_subject *subject)
{
    const struct diff_row *row = subject->row;
    const struct change *first = subject->rows->order[row->first];
    document_add(document, LOOK_STRONG, "%s %s", first->kind->title, first->name);
    document_line(document, LOOK_DIM, "  %s", answer_count(document, row->end - row->first, "difference"));
    for (size_t i = row->first; i < row->end && i - row->first < MOST_CHANGES; i++) {
        const struct change *change = subject->rows->order[i];
        document_end_line(document);
        add_head(document, change, "");
        add_blame(document, subject, change);
        if (!is_one_sided(change))
            add_values(document, subject, change);
    }
    add_sql(document, subject);
}

static void add_count(struct document *document, size_t count, enum look look, const char *text)
{
    if (count == 0)
        return;
    document_add(document, LOOK_PLAIN, "  %7zu  ", count);
    document_line(document, look, "%s", text);
}

static void add_group(struct document *document, const struct diff_subject *subject)
{
    const struct diff_row *row = subject->row;
    size_t severities[SEVERITY_COSMETIC + 1] = {0}, actions[CHANGE_RENAME + 1] = {0}, losing = 0;
    for (size_t i = row->first; i < row->end; i++) {
        const struct change *change = subject->rows->order[i];
        severities[change->severity]++;
        actions[change->action]++;
        losing += change->loss == CHANGE_LOSES_DATA;
    }
    document_line(document, LOOK_STRONG, "%s", row->text);
    document_end_line(document);
    for (size_t i = 0; i < countof(severities); i++)
        add_count(document, severities[i], diff_severity((enum severity)i)->look,
                  diff_severity((enum severity)i)->word);
    document_end_line(document);
    for (size_t i = 0; i < countof(actions); i++)
        add_count(document, actions[i], LOOK_PLAIN, change_action_name((enum change_action)i));
    add_count(document, losing, LOOK_BAD, "! closing them loses data");
    document_add(document, LOOK_KEY, "\nh l");
    document_add(document, LOOK_DIM, " fold and unfold, ");
    document_add(document, LOOK_KEY, "s");
    document_line(document, LOOK_DIM, " groups by kind, severity, file");
}

static struct document *change_document(TALLOC_CTX *owner, const struct diff_subject *subject)
{
    struct document *document = document_new(owner);
    if (!subject->row)
        document_line(document, LOOK_DIM, "There is no difference here.");
    else if (subject->row->change)
        add_change(document, subject, subject->row->change);
    else if (subject->row->depth > 0)
        add_object(document, subject);
    else
        add_group(document, subject);
    return document;
}

/* ---- the script ---- */

static struct document *script_document(TALLOC_CTX *owner, const struct diff_subject *subject)
{
    struct document *document = document_new(owner);
    const struct compared *compared = subject->compared;
    size_t size = strlen(compared->script), shown = size < MOST_SQL_BYTES ? size : MOST_SQL_BYTES;
    const struct emit_script *script = compared->comparison->script;
    document_line(document, LOOK_SQL_COMMENT, "-- %s; turns %s into %s",
                  answer_count(document, script->count, "statement"), mirrors_name(compared->from),
                  mirrors_name(compared->to));
    if (script->loses_data)
        document_line(document, LOOK_BAD, "-- it loses data: see the lines marked so");
    highlight_sql(document, compared->script, shown);
    if (shown < size)
        document_line(document, LOOK_WARN, "\n%zu bytes more: \"pgdeck diff %s %s --sql\" prints all of it.",
                      size - shown, mirrors_name(compared->from), mirrors_name(compared->to));
    return document;
}

/* ---- notes ---- */

static void add_findings(struct document *document, const struct mirror *mirror)
{
    for (size_t i = 0; i < mirror->finding_count; i++) {
        const struct mirror_finding *finding = &mirror->findings[i];
        document_add(document, finding->what == MIRROR_FAILED ? LOOK_BAD : LOOK_WARN, "%s ",
                     finding->what == MIRROR_FAILED ? "could not run" : "passed over");
        document_line(document, LOOK_PLAIN, "%s:%d: %s", finding->file ? finding->file : "?", finding->line,
                      finding->message);
        if (finding->hint)
            document_line(document, LOOK_DIM, "  %s", finding->hint);
    }
}

static void add_counts(struct document *document, enum mirror_kind kind, const char *what,
                       const struct snapshot_count *counts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        document_add(document, LOOK_DIM, "%s, %s: ", mirrors_name(kind), what);
        document_line(document, LOOK_PLAIN, "%lld %s%s%s", (long long)counts[i].count, counts[i].what,
                      counts[i].example ? ", such as " : "", counts[i].example ? counts[i].example : "");
    }
}

static void add_side(struct document *document, enum mirror_kind kind, const struct mirror *mirror)
{
    const struct snapshot *snapshot = mirror->snapshot;
    add_counts(document, kind, "not modelled", snapshot->not_modelled, snapshot->not_modelled_count);
    add_counts(document, kind, "left out", snapshot->left_out, snapshot->left_out_count);
}

size_t diff_note_count(const struct compared *compared)
{
    const struct comparison *comparison = compared->comparison;
    size_t count = comparison->from->finding_count + comparison->to->finding_count + comparison->diff->note_count;
    for (const char *const *warning = comparison->warnings; warning && *warning; warning++)
        count++;
    return count;
}

static struct document *notes_document(TALLOC_CTX *owner, const struct compared *compared)
{
    struct document *document = document_new(owner);
    const struct comparison *comparison = compared->comparison;
    for (const char *const *warning = comparison->warnings; warning && *warning; warning++)
        document_line(document, LOOK_WARN, "%s", *warning);
    add_findings(document, comparison->from);
    add_findings(document, comparison->to);
    for (size_t i = 0; i < comparison->diff->note_count; i++)
        document_line(document, LOOK_PLAIN, "%s: %s", comparison->diff->notes[i].name, comparison->diff->notes[i].text);
    add_side(document, compared->from, comparison->from);
    add_side(document, compared->to, comparison->to);
    if (document->count == 1)
        document_line(document, LOOK_DIM, "There is nothing to remark.");
    return document;
}

struct document *diff_document(TALLOC_CTX *owner, const struct diff_subject *subject, enum diff_tab tab)
{
    switch (tab) {
    case DIFF_TAB_CHANGE:
        return change_document(owner, subject);
    case DIFF_TAB_SCRIPT:
        return script_document(owner, subject);
    case DIFF_TAB_NOTES:
        return notes_document(owner, subject->compared);
    case DIFF_TAB_COUNT:
        break;
    }
    return document_new(owner);
}
