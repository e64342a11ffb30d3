/* See activity_rows.h. */
#include "tui/activity_rows.h"

#include "store/result.h"
#include "tui/activity_words.h"

enum { COLUMN_PID, COLUMN_APPLICATION, COLUMN_USER, COLUMN_STATE, COLUMN_TIME, COLUMN_BEHIND, COLUMN_DOES };

static const struct list_column columns[] = {
    [COLUMN_PID] = {"PID", 9, 34, 8, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_APPLICATION] = {"APPLICATION", 8, 16, 4, LIST_LEFT, LIST_UNDER_CURSOR},
    [COLUMN_USER] = {"USER", 4, 16, 2, LIST_LEFT, LIST_BESIDE},
    [COLUMN_STATE] = {"STATE", 7, 10, 6, LIST_LEFT, LIST_BESIDE},
    [COLUMN_TIME] = {"FOR", 8, 9, 7, LIST_RIGHT, LIST_BESIDE},
    [COLUMN_BEHIND] = {"BLOCKS", 6, 6, 5, LIST_RIGHT, LIST_BESIDE},
    [COLUMN_DOES] = {"DOES", 16, 400, 9, LIST_CUT, LIST_BESIDE},
};

void activity_rows_head(struct tree *tree, enum activity_order order, enum activity_direction direction)
{
    static const size_t places[ACTIVITY_ORDER_COUNT] = {[ACTIVITY_BY_AGE] = COLUMN_TIME,
                                                        [ACTIVITY_BY_STATE] = COLUMN_STATE,
                                                        [ACTIVITY_BY_NAME] = COLUMN_APPLICATION,
                                                        [ACTIVITY_BY_PID] = COLUMN_PID};
    const char *mark = theme_glyph(direction == ACTIVITY_FORWARDS ? GLYPH_ASCENDING : GLYPH_DESCENDING);
    for (size_t i = 0; i < countof(columns); i++) {
        char *title = talloc_asprintf(NULL, "%s%s%s", columns[i].title, i == places[order] ? " " : "",
                                      i == places[order] ? mark : "");
        tree_set_heading(tree, i, title);
        talloc_free(title);
    }
}

const struct activity_session *activity_row_session(const struct activity_rows *rows, size_t row)
{
    const struct activity_row *item = &rows->items[row];
    return item->being == ACTIVITY_SESSION ? &rows->activity->sessions[item->place] : NULL;
}

/* ---- cells ---- */

static const char *identity(const void *rows, size_t row)
{
    return ((const struct activity_rows *)rows)->items[row].identity;
}

static int depth(const void *rows, size_t row) { return ((const struct activity_rows *)rows)->items[row].depth; }

/* A word that fits: the server's are long. */
static const char *state_word(const struct activity_session *session)
{
    static const struct {
        const char *state, *word;
    } words[] = {
        {"idle in transaction (aborted)", "failed tx"},
        {"idle in transaction", "idle in tx"},
        {"fastpath function call", "active"},
    };
    if (session->blocker_count > 0)
        return "waits";
    for (size_t i = 0; i < countof(words) && session->state; i++)
        if (strcmp(session->state, words[i].state) == 0)
            return words[i].word;
    return session->state ? session->state : session->is_visible ? "at work" : "unknown";
}

static enum look state_look(const struct activity_row *row, const struct activity_session *session)
{
    if (session->blocker_count > 0)
        return row->behind ? LOOK_WARN : LOOK_BAD;
    if (row->behind)
        return LOOK_WARN;
    return session->state && strcmp(session->state, "idle") == 0 ? LOOK_DIM : LOOK_PLAIN;
}

/* How long it has been in that state, or its transaction has gone on. */
static int64_t age_of(const struct activity_session *session)
{
    const struct activity_lock *lock = activity_waits_for(session);
    if (lock && lock->wait_ms != INTEGER_NULL)
        return lock->wait_ms;
    if (session->transaction_age_ms != INTEGER_NULL)
        return session->transaction_age_ms;
    return session->state_age_ms;
}

/* Without the word Lock, which all of them end with. */
static int mode_size(const char *mode)
{
    size_t size = strlen(mode);
    return (int)(size > 4 && strcmp(mode + size - 4, "Lock") == 0 ? size - 4 : size);
}

/* Hours, minutes, seconds: as wide for all, that they can be compared. */
static const char *age_text(TALLOC_CTX *owner, int64_t age_ms)
{
    enum { HOUR_S = 3600, DAYS_FROM_S = 100 * HOUR_S, DAY_S = 24 * HOUR_S };
    int64_t seconds = age_ms / 1000;
    if (age_ms == INTEGER_NULL)
        return NULL;
    if (seconds >= DAYS_FROM_S)
        return talloc_asprintf(owner, "%lld days", (long long)(seconds / DAY_S));
    return talloc_asprintf(owner, "%02d:%02d:%02d", (int)(seconds / HOUR_S), (int)(seconds / 60 % 60),
                           (int)(seconds % 60));
}

static const char *doing(TALLOC_CTX *owner, const struct activity_session *session)
{
    if (session->progress) {
        int percent = activity_progress_percent(session->progress);
        const char *phase = session->progress->phase ? session->progress->phase : "unknown how far";
        return percent < 0 ? phase : talloc_asprintf(owner, "%d %% %s", percent, phase);
    }
    const struct activity_lock *lock = activity_waits_for(session);
    if (lock)
        return talloc_asprintf(owner, "for %.*s on %s", mode_size(lock->mode), lock->mode, lock->object);
    return activity_query_line(owner, session->query);
}

static void session_cell(const struct activity_rows *rows, const struct activity_row *row, size_t column,
                         TALLOC_CTX *owner, struct list_cell *made)
{
    const struct activity_session *session = &rows->activity->sessions[row->place];
    bool is_again = row->mention == BLOCKING_AGAIN;
    made->look = is_again ? LOOK_DIM : LOOK_PLAIN;
    switch (column) {
    case COLUMN_PID:
        made->text = talloc_asprintf(owner, "%lld", (long long)session->pid);
        break;
    case COLUMN_APPLICATION:
        made->text = activity_name_text(owner, session);
        break;
    case COLUMN_USER:
        made->text = activity_user_text(owner, session, rows->activity->database);
        break;
    case COLUMN_STATE:
        made->text = state_word(session);
        made->look = is_again ? LOOK_DIM : state_look(row, session);
        break;
    case COLUMN_TIME:
        made->text = is_again ? NULL : age_text(owner, age_of(session));
        break;
    case COLUMN_BEHIND:
        made->text = row->behind && !is_again ? talloc_asprintf(owner, "%zu", row->behind) : NULL;
        made->look = LOOK_WARN;
        break;
    default:
        made->text = is_again ? "stands above, too" : doing(owner, session);
        made->look = is_again || (session->state && strcmp(session->state, "idle") == 0) ? LOOK_DIM : LOOK_PLAIN;
        break;
    }
}

static void prepared_cell(const struct activity_rows *rows, const struct activity_row *row, size_t column,
                          TALLOC_CTX *owner, struct list_cell *made)
{
    const struct activity_prepared *prepared = &rows->activity->prepared[row->place];
    made->look = row->behind ? LOOK_WARN : LOOK_PLAIN;
    switch (column) {
    case COLUMN_PID:
        made->text = "prepared";
        break;
    case COLUMN_USER:
        made->text = prepared->role;
        break;
    case COLUMN_APPLICATION:
        made->text = prepared->name;
        break;
    case COLUMN_TIME:
        made->text = age_text(owner, prepared->age_ms);
        break;
    case COLUMN_BEHIND:
        made->text = row->behind ? talloc_asprintf(owner, "%zu", row->behind) : NULL;
        break;
    case COLUMN_DOES:
        made->text = "a transaction of no session";
        break;
    default:
        break;
    }
}

static void gone_cell(const struct activity_rows *rows, const struct activity_row *row, size_t column,
                      TALLOC_CTX *owner, struct list_cell *made)
{
    int64_t pid = rows->activity->gone[row->place];
    made->look = LOOK_DIM;
    if (column == COLUMN_PID)
        made->text = pid ? talloc_asprintf(owner, "%lld", (long long)pid) : "prepared";
    else if (column == COLUMN_STATE)
        made->text = "gone";
    else if (column == COLUMN_DOES)
        made->text = "ended while this was read";
}

static void cell(const void *data, size_t row, size_t column, TALLOC_CTX *owner, struct list_cell *made)
{
    const struct activity_rows *rows = data;
    switch (rows->items[row].being) {
    case ACTIVITY_SESSION:
        session_cell(rows, &rows->items[row], column, owner, made);
        break;
    case ACTIVITY_PREPARED:
        prepared_cell(rows, &rows->items[row], column, owner, made);
        break;
    case ACTIVITY_GONE:
        gone_cell(rows, &rows->items[row], column, owner, made);
        break;
    }
}

const struct tree_source activity_rows_source = {columns, countof(columns), identity, depth, cell};

/* ---- making them ---- */

static void add(struct activity_rows *rows, size_t node, int at_depth, enum blocking_mention mention)
{
    struct activity_row *row = &rows->items[rows->count++];
    *row = (struct activity_row){.depth = at_depth, .mention = mention, .behind = rows->activity->tree->behind[node]};
    row->being = activity_being(rows->activity, node, &row->place);
    switch (row->being) {
    case ACTIVITY_SESSION:
        row->identity = talloc_asprintf(rows, "%lld", (long long)rows->activity->sessions[row->place].pid);
        if (mention == BLOCKING_AGAIN)
            row->identity = talloc_asprintf(rows, "%s again %zu", row->identity, rows->count);
        break;
    case ACTIVITY_PREPARED:
        row->identity = talloc_asprintf(rows, "prepared %s", rows->activity->prepared[row->place].name);
        break;
    case ACTIVITY_GONE:
        row->identity = talloc_asprintf(rows, "gone %lld", (long long)rows->activity->gone[row->place]);
        break;
    }
}

struct other {
    size_t node;
    const char *name, *state;
    int64_t pid;
    enum activity_order order;
    enum activity_direction direction;
};

static int by_number(int64_t one, int64_t other) { return one < other ? -1 : one > other; }

static int compare_words(const char *one, const char *other) { return strcmp(one ? one : "", other ? other : ""); }

/* The order of the reading (the oldest transaction first, idle ones last) breaks ties. */
static int compare_others(const void *left, const void *right)
{
    const struct other *one = left, *other = right;
    int order = 0;
    switch (one->order) {
    case ACTIVITY_BY_STATE:
        order = compare_words(one->state, other->state);
        break;
    case ACTIVITY_BY_NAME:
        order = compare_words(one->name, other->name);
        break;
    case ACTIVITY_BY_PID:
        order = by_number(one->pid, other->pid);
        break;
    case ACTIVITY_BY_AGE:
    case ACTIVITY_ORDER_COUNT:
        break;
    }
    order = order ? order : by_number((int64_t)one->node, (int64_t)other->node);
    return one->direction == ACTIVITY_FORWARDS ? order : -order;
}

static size_t find_others(TALLOC_CTX *memory, const struct activity *activity, enum activity_order order,
                          enum activity_direction direction, struct other *others)
{
    size_t count = 0;
    for (size_t i = 0; i < activity->session_count; i++) {
        const struct activity_session *session = &activity->sessions[i];
        if (activity->tree->behind[i] || session->blocker_count || session->is_own)
            continue;
        others[count++] = (struct other){.node = i,
                                         .name = activity_name_text(memory, session),
                                         .state = state_word(session),
                                         .pid = session->pid,
                                         .order = order,
                                         .direction = direction};
    }
    return count;
}

struct activity_rows *activity_rows_make(TALLOC_CTX *owner, const struct activity *activity, enum activity_order order,
                                         enum activity_direction direction)
{
    struct activity_rows *rows = talloc_zero(owner, struct activity_rows);
    size_t nodes = activity->session_count + activity->prepared_count;
    rows->activity = activity;
    rows->items = talloc_array(rows, struct activity_row, (unsigned)(activity->tree->count + nodes) + 1);
    for (size_t i = 0; i < activity->tree->count; i++)
        add(rows, activity->tree->rows[i].node, activity->tree->rows[i].depth, activity->tree->rows[i].mention);
    struct other *others = talloc_array(NULL, struct other, (unsigned)activity->session_count + 1);
    size_t count = find_others(others, activity, order, direction, others);
    qsort(others, count, sizeof *others, compare_others);
    for (size_t i = 0; i < count; i++)
        add(rows, others[i].node, 0, BLOCKING_IN_FULL);
    for (size_t i = activity->session_count; i < nodes; i++)
        if (!activity->tree->behind[i])
            add(rows, i, 0, BLOCKING_IN_FULL);
    talloc_free(others);
    return rows;
}
