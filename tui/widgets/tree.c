/* See tree.h. The tree says which rows are in sight; moving, drawing and keeping the cursor are the list's. */
#include "tui/widgets/tree.h"

enum { INDENT = 2, MOST_DEPTH = 16 };

struct tree {
    struct tree_source source;
    struct list_column *columns;
    struct list *list;
    const void *rows;
    size_t count;
    bool *is_folded; /* by row */
    bool *passes;    /* by row: the filter */
    size_t *shown;   /* rows in sight */
    size_t shown_count;
    char *filter;
    char *anchor; /* where the cursor was before the filter, until it is moved; or NULL */
};

static int depth_of(const struct tree *tree, size_t row)
{
    int depth = tree->source.depth(tree->rows, row);
    return depth < MOST_DEPTH ? depth : MOST_DEPTH - 1;
}

static const char *identity_of(const struct tree *tree, size_t row) { return tree->source.identity(tree->rows, row); }

static bool has_parts(const struct tree *tree, size_t row)
{
    return row + 1 < tree->count && depth_of(tree, row + 1) > depth_of(tree, row);
}

/* While a filter is on, everything that passes is in sight. */
static bool is_closed(const struct tree *tree, size_t row) { return tree->is_folded[row] && !*tree->filter; }

/* ---- what the list asks ---- */

static const char *shown_identity(const void *rows, size_t row)
{
    const struct tree *tree = rows;
    return identity_of(tree, tree->shown[row]);
}

static void shown_cell(const void *rows, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct tree *tree = rows;
    size_t at = tree->shown[row];
    tree->source.cell(tree->rows, at, column, owner, made);
    if (column > 0)
        return;
    const char *sign = !has_parts(tree, at)  ? " "
                       : is_closed(tree, at) ? theme_glyph(GLYPH_FOLDED)
                                             : theme_glyph(GLYPH_OPEN);
    made->text =
        talloc_asprintf(owner, "%*s%s %s", INDENT * depth_of(tree, at), "", sign, made->text ? made->text : "");
}

/* The order is that of the rows. */
static int compare(const void *rows UNUSED, size_t left, size_t right, size_t column UNUSED)
{
    return left < right ? -1 : left > right;
}

/* ---- filter ---- */

static bool matches(const struct tree *tree, size_t row)
{
    bool found = false;
    TALLOC_CTX *memory = talloc_new(NULL);
    for (size_t i = 0; i < tree->source.column_count && !found; i++) {
        struct list_cell cell = {NULL, LOOK_PLAIN};
        tree->source.cell(tree->rows, row, i, memory, &cell);
        found = cell.text && strcasestr(cell.text, tree->filter);
    }
    talloc_free(memory);
    return found;
}

static void apply_filter(struct tree *tree)
{
    int under = MOST_DEPTH; /* the depth of the match whose parts come */
    for (size_t i = 0; i < tree->count; i++) {
        int depth = depth_of(tree, i);
        under = depth <= under ? MOST_DEPTH : under;
        bool is_match = !*tree->filter || (under == MOST_DEPTH && matches(tree, i));
        under = is_match ? depth : under;
        tree->passes[i] = is_match || under < depth;
    }
    int wanted = 0; /* at what depth the row over what passes is still to come */
    for (size_t i = tree->count; i-- > 0;) {
        int depth = depth_of(tree, i);
        tree->passes[i] = tree->passes[i] || depth < wanted;
        wanted = tree->passes[i] ? depth : wanted;
    }
}

/* ---- what is in sight ---- */

/* Finds what is in sight, and puts the cursor on `wanted` or, where it is folded away, on what it is folded in. */
static void arrange(struct tree *tree, const char *wanted)
{
    const char *goal = NULL, *over[MOST_DEPTH] = {0};
    int closed = MOST_DEPTH;
    tree->shown_count = 0;
    for (size_t i = 0; i < tree->count; i++) {
        int depth = depth_of(tree, i);
        closed = depth <= closed ? MOST_DEPTH : closed;
        bool is_hidden = depth > closed;
        if (!is_hidden)
            over[depth] = identity_of(tree, i);
        if (wanted && !goal && strcmp(identity_of(tree, i), wanted) == 0)
            goal = is_hidden ? over[closed] : over[depth];
        if (!is_hidden && tree->passes[i])
            tree->shown[tree->shown_count++] = i;
        if (!is_hidden && is_closed(tree, i))
            closed = depth;
    }
    (void)list_set(tree->list, tree, tree->shown_count);
    if (goal)
        (void)list_go(tree->list, goal);
}

/* A copy that outlives the rows. */
static char *cursor_copy(const struct tree *tree)
{
    const char *here = list_cursor_identity(tree->list);
    return here ? talloc_strdup(NULL, here) : NULL;
}

static void rearrange(struct tree *tree)
{
    char *here = cursor_copy(tree);
    arrange(tree, here);
    talloc_free(here);
}

/* ---- folds, by identity ---- */

static int compare_names(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

struct folds {
    char **names; /* in order */
    size_t count;
};

static struct folds folded_names(TALLOC_CTX *owner, const struct tree *tree)
{
    struct folds folds = {talloc_array(owner, char *, (unsigned)tree->count + 1), 0};
    for (size_t i = 0; i < tree->count; i++)
        if (tree->is_folded[i])
            folds.names[folds.count++] = talloc_strdup(folds.names, identity_of(tree, i));
    if (folds.count)
        qsort(folds.names, folds.count, sizeof *folds.names, compare_names);
    return folds;
}

/* ---- public ---- */

struct tree *tree_new(TALLOC_CTX *owner, const struct tree_source *source)
{
    struct tree *tree = talloc_zero(owner, struct tree);
    tree->source = *source;
    tree->columns = talloc_memdup(tree, source->columns, source->column_count * sizeof *source->columns);
    tree->filter = talloc_strdup(tree, "");
    struct list_source rows = {tree->columns, source->column_count, shown_identity, shown_cell, compare};
    tree->list = list_new(tree, &rows);
    list_sort(tree->list, LIST_AS_GIVEN);
    return tree;
}

void tree_set(struct tree *tree, const void *rows, size_t count)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct folds folds = folded_names(memory, tree);
    char *here = cursor_copy(tree);
    tree->rows = rows;
    tree->count = count;
    tree->is_folded = talloc_realloc(tree, tree->is_folded, bool, (unsigned)count + 1);
    tree->passes = talloc_realloc(tree, tree->passes, bool, (unsigned)count + 1);
    tree->shown = talloc_realloc(tree, tree->shown, size_t, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *name = identity_of(tree, i);
        tree->is_folded[i] =
            folds.count && bsearch(&name, folds.names, folds.count, sizeof *folds.names, compare_names);
    }
    apply_filter(tree);
    arrange(tree, here);
    talloc_free(here);
    talloc_free(memory);
}

void tree_set_heading(struct tree *tree, size_t column, const char *text)
{
    tree->columns[column].title = talloc_strdup(tree->columns, text);
}

void tree_draw(struct tree *tree, struct terminal *terminal, struct area area)
{
    list_draw(tree->list, terminal, area);
    if (tree->shown_count == 0 && *tree->filter && area.rows > 1)
        terminal_put(terminal, area.row + 1, area.column + INDENT, area.columns - INDENT, LOOK_DIM,
                     "No row holds that text. Esc shows all rows.");
}

static void set_all(struct tree *tree, bool is_folded)
{
    for (size_t i = 0; i < tree->count; i++)
        tree->is_folded[i] = is_folded && has_parts(tree, i);
    rearrange(tree);
}

static void set_fold(struct tree *tree, size_t row, bool is_folded)
{
    tree->is_folded[row] = is_folded;
    rearrange(tree);
}

static void go_up(struct tree *tree, size_t row)
{
    int depth = depth_of(tree, row);
    for (size_t i = row; i-- > 0;)
        if (depth_of(tree, i) < depth) {
            (void)list_go(tree->list, identity_of(tree, i));
            return;
        }
}

static void fold(struct tree *tree)
{
    ptrdiff_t row = tree_cursor(tree);
    if (row < 0)
        return;
    if (has_parts(tree, (size_t)row) && !is_closed(tree, (size_t)row) && !*tree->filter)
        set_fold(tree, (size_t)row, true);
    else
        go_up(tree, (size_t)row);
}

static void unfold(struct tree *tree)
{
    ptrdiff_t row = tree_cursor(tree);
    if (row < 0 || !has_parts(tree, (size_t)row))
        return;
    if (is_closed(tree, (size_t)row))
        set_fold(tree, (size_t)row, false);
    else
        (void)list_act(tree->list, ACTION_DOWN);
}

bool tree_toggle(struct tree *tree)
{
    ptrdiff_t row = tree_cursor(tree);
    if (row < 0 || !has_parts(tree, (size_t)row) || *tree->filter)
        return false;
    set_fold(tree, (size_t)row, !tree->is_folded[row]);
    return true;
}

bool tree_act(struct tree *tree, enum action action)
{
    TALLOC_FREE(tree->anchor);
    switch ((int)action) {
    case ACTION_FOLD:
        fold(tree);
        return true;
    case ACTION_UNFOLD:
        unfold(tree);
        return true;
    case ACTION_FOLD_ALL:
        set_all(tree, true);
        return true;
    case ACTION_UNFOLD_ALL:
        set_all(tree, false);
        return true;
    case ACTION_SORT:
    case ACTION_REVERSE:
        return false; /* the rows' order is the caller's */
    default:
        return list_act(tree->list, action);
    }
}

ptrdiff_t tree_cursor(const struct tree *tree)
{
    ptrdiff_t row = list_cursor(tree->list);
    return row < 0 ? -1 : (ptrdiff_t)tree->shown[row];
}

const char *tree_cursor_identity(const struct tree *tree) { return list_cursor_identity(tree->list); }

bool tree_go(struct tree *tree, const char *identity)
{
    if (list_go(tree->list, identity))
        return true;
    size_t over[MOST_DEPTH] = {0};
    for (size_t i = 0; i < tree->count; i++) {
        int depth = depth_of(tree, i);
        over[depth] = i;
        if (strcmp(identity_of(tree, i), identity) != 0)
            continue;
        for (int level = 0; level < depth; level++)
            tree->is_folded[over[level]] = false;
        rearrange(tree);
        return list_go(tree->list, identity);
    }
    return false;
}

void tree_set_filter(struct tree *tree, const char *text)
{
    const char *here = list_cursor_identity(tree->list);
    if (!*tree->filter && here)
        tree->anchor = talloc_strdup(tree, here);
    talloc_free(tree->filter);
    tree->filter = talloc_strdup(tree, text);
    apply_filter(tree);
    rearrange(tree);
    if (tree->anchor)
        (void)list_go(tree->list, tree->anchor);
    if (!*text)
        TALLOC_FREE(tree->anchor);
}

const char *tree_filter(const struct tree *tree) { return tree->filter; }

size_t tree_shown_count(const struct tree *tree) { return tree->shown_count; }

const char *tree_position(const struct tree *tree, TALLOC_CTX *owner) { return list_position(tree->list, owner); }
