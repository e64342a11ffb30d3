/* See changes.h. */
#include "tui/changes.h"

#include "store/text.h"
#include "tui/answer.h"

enum { VALUE_COLUMNS = 44, LEAD_BYTES = 12 };

static const enum printer_role severity_roles[] = {
    [SEVERITY_BREAKING] = ROLE_BAD,
    [SEVERITY_BEHAVIOURAL] = ROLE_WARN,
    [SEVERITY_PERFORMANCE] = ROLE_NOTE,
    [SEVERITY_COSMETIC] = ROLE_PLAIN,
};

/* ---- JSON ---- */

static json_t *change_json(const struct change *change)
{
    json_t *sql = json_array();
    for (const char *const *one = change->sql; one && *one; one++)
        json_array_append_new(sql, printer_json_text(*one));
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:b, s:o}", "action", change_action_name(change->action),
                     "kind", change->kind->name, "name", printer_json_text(change->name), "attribute",
                     printer_json_text(change->attribute), "from", printer_json_text(change->from), "to",
                     printer_json_text(change->to), "severity", severity_name(change->severity), "blame",
                     printer_json_text(change->blame), "loses_data", change->loss == CHANGE_LOSES_DATA, "sql", sql);
}

json_t *changes_json(const struct diff *diff)
{
    json_t *array = json_array();
    for (size_t i = 0; i < diff->change_count; i++)
        json_array_append_new(array, change_json(&diff->changes[i]));
    return array;
}

json_t *changes_notes_json(const struct diff *diff)
{
    json_t *array = json_array();
    for (size_t i = 0; i < diff->note_count; i++)
        json_array_append_new(array, json_pack("{s:o, s:o}", "name", printer_json_text(diff->notes[i].name), "text",
                                               printer_json_text(diff->notes[i].text)));
    return array;
}

/* ---- text ---- */

/* White space of any kind becomes one blank. */
static char *squeeze(TALLOC_CTX *owner, const char *text)
{
    char *result = talloc_size(owner, strlen(text) + 1), *end = result;
    if (!result)
        abort();
    for (; *text; text++) {
        if (!strchr(" \t\n\r", *text))
            *end++ = *text;
        else if (end > result && end[-1] != ' ')
            *end++ = ' ';
    }
    *end = '\0';
    return result;
}

static char *cut(TALLOC_CTX *owner, const char *text, size_t skipped)
{
    while (skipped && ((unsigned char)text[skipped] & 0xC0) == 0x80)
        skipped--;
    char *shown = talloc_asprintf(owner, "%s%s", skipped ? "…" : "", text + skipped);
    char *clean = text_sanitise(owner, shown, strlen(shown), TEXT_ONE_LINE);
    return text_width(clean) > VALUE_COLUMNS ? text_fit(owner, clean, VALUE_COLUMNS) : clean;
}

char *changes_values(TALLOC_CTX *owner, const char *from, const char *to)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *one = from ? squeeze(memory, from) : NULL, *other = to ? squeeze(memory, to) : NULL;
    size_t same = 0;
    if (one && other && (strlen(one) > VALUE_COLUMNS || strlen(other) > VALUE_COLUMNS))
        while (one[same] && one[same] == other[same])
            same++;
    same = same > LEAD_BYTES ? same - LEAD_BYTES : 0;
    char *result = talloc_asprintf(owner, "%s → %s", one ? cut(memory, one, same) : "none",
                                   other ? cut(memory, other, same) : "none");
    talloc_free(memory);
    return result;
}

static const char *what_text(TALLOC_CTX *owner, const struct change *change)
{
    const char *loss = change->loss == CHANGE_LOSES_DATA ? ", loses data" : "";
    if (change->action == CHANGE_ALTER)
        return talloc_asprintf(owner, "%s%s", change->attribute, loss);
    if (change->action == CHANGE_REPLACE)
        return talloc_asprintf(owner, "%s (replace)%s", change->attribute, loss);
    return talloc_asprintf(owner, "%s%s", change_action_name(change->action), loss);
}

static const char *values_text(TALLOC_CTX *owner, const struct change *change, const char *from, const char *to)
{
    switch (change->action) {
    case CHANGE_CREATE:
        return talloc_asprintf(owner, "only in %s", to);
    case CHANGE_DROP:
        return talloc_asprintf(owner, "only in %s", from);
    case CHANGE_ALTER:
    case CHANGE_REPLACE:
    case CHANGE_RENAME:
        return changes_values(owner, change->from, change->to);
    }
    return "";
}

void changes_print(struct printer *printer, const struct diff *diff, const char *from, const char *to)
{
    enum { KIND, NAME, WHAT, SEVERITY, VALUES, BLAME, COLUMNS };
    static const char *const head[COLUMNS] = {"KIND", "NAME", "DIFFERENCE", "SEVERITY", "FROM → TO", "BLAME"};
    if (!diff->change_count)
        return;
    size_t rows = diff->change_count + 1;
    TALLOC_CTX *memory = talloc_new(NULL);
    const char **cells = talloc_zero_size(memory, rows * COLUMNS * sizeof *cells);
    enum printer_role *roles = talloc_zero_size(memory, rows * sizeof *roles);
    if (!cells || !roles)
        abort();
    memcpy(cells, head, sizeof head);
    for (size_t i = 0; i < diff->change_count; i++) {
        const struct change *change = &diff->changes[i];
        const char **cell = &cells[(i + 1) * COLUMNS];
        cell[KIND] = change->kind->title;
        cell[NAME] = change->name;
        cell[WHAT] = what_text(memory, change);
        cell[SEVERITY] = severity_name(change->severity);
        cell[VALUES] = values_text(memory, change, from, to);
        cell[BLAME] = change->blame;
        roles[i + 1] = severity_roles[change->severity];
    }
    printer_table(printer, cells, roles, rows, COLUMNS);
    talloc_free(memory);
}

char *changes_summary(TALLOC_CTX *owner, const struct diff *diff)
{
    size_t counts[countof(severity_roles)] = {0};
    for (size_t i = 0; i < diff->change_count; i++)
        counts[diff->changes[i].severity]++;
    char *text = answer_count(owner, diff->change_count, "difference");
    const char *separator = ": ";
    for (size_t i = 0; i < countof(counts); i++) {
        if (!counts[i])
            continue;
        text = talloc_asprintf_append_buffer(text, "%s%zu %s", separator, counts[i], severity_name((enum severity)i));
        separator = ", ";
    }
    return text;
}
