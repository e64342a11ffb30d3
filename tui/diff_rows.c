/* See diff_rows.h. */
#include "tui/diff_rows.h"

#include <ctype.h>

#include "store/text.h"

enum { COLUMN_NAME, COLUMN_SEVERITY, COLUMN_ACTION, COLUMN_FILE, COLUMN_VALUES };
enum { VALUE_CHARACTERS = 40 };

/* ---- words ---- */

const struct diff_severity *diff_severity(enum severity severity)
{
    static const struct diff_severity rows[] = {
        [SEVERITY_BREAKING] = {GLYPH_FAILED, "breaking", LOOK_BAD},
        [SEVERITY_BEHAVIOURAL] = {GLYPH_OUT_OF_ORDER, "behavioural", LOOK_WARN},
        [SEVERITY_PERFORMANCE] = {GLYPH_PENDING, "performance", LOOK_NOTE},
        [SEVERITY_COSMETIC] = {GLYPH_DOT, "cosmetic", LOOK_DIM},
    };
    return &rows[severity];
}

char diff_action_sign(const struct change *change)
{
    static const char signs[] = {[CHANGE_CREATE] = '+',
                                 [CHANGE_DROP] = '-',
                                 [CHANGE_ALTER] = '~',
                                 [CHANGE_REPLACE] = '~',
                                 [CHANGE_RENAME] = '>'};
    return change->loss == CHANGE_LOSES_DATA ? '!' : signs[change->action];
}

struct severity_counts {
    size_t of[SEVERITY_COSMETIC + 1];
};

static char *counts_in_signs(TALLOC_CTX *owner, const struct severity_counts *counts)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < countof(counts->of); i++)
        if (counts->of[i])
            text = talloc_asprintf_append_buffer(text, "%s%s%zu", *text ? " " : "",
                                                 theme_glyph(diff_severity((enum severity)i)->glyph), counts->of[i]);
    return text;
}

char *diff_severity_counts(TALLOC_CTX *owner, const struct diff *diff, enum diff_brevity brevity)
{
    struct severity_counts counts = {0};
    for (size_t i = 0; i < diff->change_count; i++)
        counts.of[diff->changes[i].severity]++;
    if (brevity == DIFF_IN_SIGNS)
        return talloc_asprintf(owner, "%zu difference%s: %s", diff->change_count, diff->change_count == 1 ? "" : "s",
                               counts_in_signs(owner, &counts));
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < countof(counts.of); i++) {
        if (counts.of[i] && *text)
            text = talloc_asprintf_append_buffer(text, " %s ", theme_glyph(GLYPH_DOT));
        if (counts.of[i])
            text = talloc_asprintf_append_buffer(text, "%s %zu", diff_severity((enum severity)i)->word, counts.of[i]);
    }
    return text;
}

static size_t file_size(const char *blame)
{
    const char *colon = blame ? strrchr(blame, ':') : NULL;
    return colon ? (size_t)(colon - blame) : 0;
}

bool diff_blame_place(TALLOC_CTX *owner, const char *blame, const char **file, int *line)
{
    size_t size = file_size(blame);
    if (size == 0)
        return false;
    char *end;
    long number = strtol(blame + size + 1, &end, 10);
    if (*end || end == blame + size + 1 || number < 0 || number > INT32_MAX)
        return false;
    *file = talloc_strndup(owner, blame, size);
    *line = (int)number;
    return true;
}

/* ---- order ---- */

struct ordering {
    enum diff_grouping grouping;
    enum diff_direction direction;
};

/* A difference with what its group is known by, so that sorting asks no table. */
struct entry {
    const struct change *change;
    int key; /* of kind and severity; files are compared by name */
};

static int key_of(enum diff_grouping grouping, const struct change *change)
{
    switch (grouping) {
    case GROUPED_BY_KIND:
        return (int)kind_id(change->kind);
    case GROUPED_BY_SEVERITY:
        return (int)change->severity;
    case GROUPED_BY_FILE:
    case GROUPING_COUNT:
        break;
    }
    return 0;
}

/* Files by name; what no file is to blame for comes last. */
static int compare_files(const char *one, const char *other)
{
    size_t size = file_size(one), other_size = file_size(other), least = size < other_size ? size : other_size;
    if (!size || !other_size)
        return (size == 0) - (other_size == 0);
    int order = memcmp(one, other, least);
    return order ? order : (size > other_size) - (size < other_size);
}

static int compare_groups(enum diff_grouping grouping, const struct entry *one, const struct entry *other)
{
    if (grouping == GROUPED_BY_FILE)
        return compare_files(one->change->blame, other->change->blame);
    return one->key - other->key;
}

/* Within a group the order stays: the diff's is by kind, name, attribute. */
static int compare_entries(const void *left, const void *right, void *argument)
{
    const struct ordering *ordering = argument;
    const struct entry *one = left, *other = right;
    int order = compare_groups(ordering->grouping, one, other);
    if (order)
        return ordering->direction == DIFF_DESCENDING ? -order : order;
    return (one->change > other->change) - (one->change < other->change);
}

static struct entry *sort_entries(TALLOC_CTX *owner, const struct diff *diff, const struct ordering *ordering)
{
    struct entry *entries = talloc_array(owner, struct entry, (unsigned)diff->change_count + 1);
    if (!entries)
        abort();
    for (size_t i = 0; i < diff->change_count; i++)
        entries[i] = (struct entry){&diff->changes[i], key_of(ordering->grouping, &diff->changes[i])};
    qsort_r(entries, diff->change_count, sizeof *entries, compare_entries,
            &(struct ordering){ordering->grouping, ordering->direction});
    return entries;
}

/* ---- rows ---- */

static const char *group_name(TALLOC_CTX *owner, enum diff_grouping grouping, const struct change *change)
{
    switch (grouping) {
    case GROUPED_BY_KIND:
        return change->kind->title;
    case GROUPED_BY_SEVERITY:
        return diff_severity(change->severity)->word;
    case GROUPED_BY_FILE:
        return change->blame ? talloc_strndup(owner, change->blame, file_size(change->blame)) : "no file to blame";
    case GROUPING_COUNT:
        break;
    }
    return "";
}

static bool is_same_object(const struct change *one, const struct change *other)
{
    return one->kind == other->kind && strcmp(one->name, other->name) == 0;
}

static const char *change_identity(TALLOC_CTX *owner, const struct change *change)
{
    return talloc_asprintf(owner, "difference %s %s %s", change->kind->name, change->name,
                           change->attribute ? change->attribute : "");
}

static const char *object_text(TALLOC_CTX *owner, enum diff_grouping grouping, const struct change *change)
{
    if (grouping == GROUPED_BY_KIND)
        return change->name;
    return talloc_asprintf(owner, "%s %s", change->kind->title, change->name);
}

static struct diff_row *add_row(struct diff_rows *rows, struct diff_row row)
{
    rows->items[rows->count] = row;
    return &rows->items[rows->count++];
}

/* An object with one difference is one row; one with several has them as its parts. */
static void add_object(struct diff_rows *rows, enum diff_grouping grouping, const char *group, size_t first, size_t end)
{
    const struct change *change = rows->order[first];
    const char *name = object_text(rows, grouping, change);
    if (end - first == 1) {
        add_row(rows, (struct diff_row){1, change_identity(rows, change), name, first, end, change});
        return;
    }
    const char *identity = talloc_asprintf(rows, "object %s %s in %s", change->kind->name, change->name, group);
    add_row(rows, (struct diff_row){1, identity, name, first, end, NULL});
    for (size_t i = first; i < end; i++) {
        const struct change *part = rows->order[i];
        const char *text = part->attribute ? part->attribute : change_action_name(part->action);
        add_row(rows, (struct diff_row){2, change_identity(rows, part), text, i, i + 1, part});
    }
}

static void add_group(struct diff_rows *rows, enum diff_grouping grouping, size_t first, size_t end)
{
    const char *name = group_name(rows, grouping, rows->order[first]);
    const char *text = talloc_asprintf(rows, "%s (%zu)", name, end - first);
    add_row(rows, (struct diff_row){0, talloc_asprintf(rows, "group %s", name), text, first, end, NULL});
    for (size_t i = first, next; i < end; i = next) {
        for (next = i + 1; next < end && is_same_object(rows->order[i], rows->order[next]);)
            next++;
        add_object(rows, grouping, name, i, next);
    }
}

struct diff_rows *diff_rows_make(TALLOC_CTX *owner, const struct diff *diff, enum diff_grouping grouping,
                                 enum diff_direction direction)
{
    struct diff_rows *rows = talloc_zero(owner, struct diff_rows);
    size_t count = diff->change_count;
    struct entry *entries = sort_entries(rows, diff, &(struct ordering){grouping, direction});
    rows->diff = diff;
    rows->order = talloc_array(rows, const struct change *, (unsigned)count + 1);
    rows->items = talloc_array(rows, struct diff_row, (unsigned)(3 * count) + 1);
    if (!rows->order || !rows->items)
        abort();
    for (size_t i = 0; i < count; i++)
        rows->order[i] = entries[i].change;
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && compare_groups(grouping, &entries[i], &entries[next]) == 0;)
            next++;
        add_group(rows, grouping, i, next);
    }
    talloc_free(entries);
    return rows;
}

const char *diff_rows_heading(TALLOC_CTX *owner, enum diff_grouping grouping, enum diff_direction direction)
{
    static const char *const names[] = {
        [GROUPED_BY_KIND] = "BY KIND", [GROUPED_BY_SEVERITY] = "BY SEVERITY", [GROUPED_BY_FILE] = "BY FILE"};
    return talloc_asprintf(owner, "%s %s", names[grouping],
                           theme_glyph(direction == DIFF_ASCENDING ? GLYPH_ASCENDING : GLYPH_DESCENDING));
}

/* ---- cells ---- */

static const struct list_column columns[] = {
    [COLUMN_NAME] = {"", 30, 48, 9, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_SEVERITY] = {"SEVERITY", 8, 13, 8, LIST_LEFT, LIST_BESIDE},
    [COLUMN_ACTION] = {"DIFFERENCE", 8, 24, 7, LIST_LEFT, LIST_BESIDE},
    [COLUMN_FILE] = {"SET BY", 20, 44, 5, LIST_CUT, LIST_BESIDE},
    [COLUMN_VALUES] = {"FROM, TO", 16, 60, 4, LIST_CUT, LIST_BESIDE},
};

static const struct diff_row *row_at(const void *rows, size_t row)
{
    return &((const struct diff_rows *)rows)->items[row];
}

static const char *identity(const void *rows, size_t row) { return row_at(rows, row)->identity; }
static int depth(const void *rows, size_t row) { return row_at(rows, row)->depth; }

/* A value on one line, its beginning. */
static const char *brief(TALLOC_CTX *owner, const char *value)
{
    if (!value)
        return "(none)";
    char *text = talloc_size(owner, 4 * VALUE_CHARACTERS + sizeof "…");
    size_t used = 0, left = strlen(value);
    for (int i = 0; i < VALUE_CHARACTERS && left > 0; i++) {
        uint32_t character;
        int length = text_character(value, left, &character);
        size_t size = length ? (size_t)length : 1, blanks = strspn(value, " \t\r\n");
        if (blanks > 0)
            text[used++] = ' ';
        else
            memcpy(text + used, value, size), used += size;
        value += blanks ? blanks : size;
        left -= blanks ? blanks : size;
    }
    snprintf(text + used, sizeof "…", "%s", left ? theme_glyph(GLYPH_ELLIPSIS) : "");
    return text;
}

static void severity_cell(const struct diff_rows *rows, const struct diff_row *row, TALLOC_CTX *owner,
                          struct list_cell *made)
{
    if (row->change) {
        const struct diff_severity *severity = diff_severity(row->change->severity);
        made->text = talloc_asprintf(owner, "%s %s", theme_glyph(severity->glyph), severity->word);
        made->look = severity->look;
        return;
    }
    struct severity_counts counts = {0};
    for (size_t i = row->first; i < row->end; i++)
        counts.of[rows->order[i]->severity]++;
    made->text = counts_in_signs(owner, &counts);
    made->look = LOOK_DIM;
}

/* "~ alter type"; of a part of an object, whose name says the rest, "~ alter"; "! drop, loses data". */
static const char *action_text(TALLOC_CTX *owner, const struct diff_row *row)
{
    const struct change *change = row->change;
    bool has_attribute = row->depth == 1 && change->attribute && change->action != CHANGE_RENAME;
    return talloc_asprintf(owner, "%c %s%s%s%s", diff_action_sign(change), change_action_name(change->action),
                           has_attribute ? " " : "", has_attribute ? change->attribute : "",
                           change->loss == CHANGE_LOSES_DATA ? ", loses data" : "");
}

/* Its folder is that of all the others. */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void cell(const void *data, size_t number, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct diff_row *row = row_at(data, number);
    const struct change *change = row->change;
    switch (column) {
    case COLUMN_NAME:
        made->text = row->text;
        made->look = row->depth == 0 ? LOOK_STRONG : LOOK_PLAIN;
        break;
    case COLUMN_SEVERITY:
        severity_cell(data, row, owner, made);
        break;
    case COLUMN_ACTION:
        made->text = change ? action_text(owner, row) : NULL;
        made->look = change && change->loss == CHANGE_LOSES_DATA ? LOOK_BAD : LOOK_PLAIN;
        break;
    case COLUMN_FILE:
        made->text = change && change->blame ? file_name(change->blame) : NULL;
        made->look = LOOK_DIM;
        break;
    case COLUMN_VALUES:
        if (change && (change->from || change->to))
            made->text = talloc_asprintf(owner, "%s %s %s", brief(owner, change->from), theme_glyph(GLYPH_ARROW),
                                         brief(owner, change->to));
        break;
    default:
        break;
    }
}

const struct tree_source diff_rows_source = {columns, countof(columns), identity, depth, cell};
