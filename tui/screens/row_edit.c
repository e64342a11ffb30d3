/* Changing on the page of a row. Values are staged, one by one; nothing reaches the server before A. */
#include <errno.h>
#include <unistd.h>

#include "store/text.h"
#include "tui/editor.h"
#include "tui/screens/row_view.h"
#include "tui/screens/rows.h"

enum { FIELD_MOST_BYTES = FIELD_BYTES - 8, PROMPT_BYTES = 60, FILE_MOST_BYTES = 64 << 20 };

/* ---- what is staged ---- */

bool row_view_is_new(const struct row_view *view)
{
    const struct row_subject *subject = &view->subject;
    return !subject->key && !subject->cells && !subject->relationship;
}

static struct row_staged *slot(const struct row_view *view, const struct entity_column *column)
{
    return &view->staged[column - view->hold->entity->columns];
}

const struct row_staged *row_view_staged(const struct row_view *view, const struct entity_column *column)
{
    static const struct row_staged nothing;
    return view->staged ? slot(view, column) : &nothing;
}

size_t row_view_staged_count(const struct row_view *view)
{
    size_t count = 0;
    for (size_t i = 0; view->staged && i < view->hold->entity->column_count; i++)
        count += view->staged[i].what != STAGED_NOTHING;
    return count;
}

static void show_staged(struct row_view *view) { TALLOC_FREE(view->shown); /* the pane is made anew */ }

static void stage(struct row_view *view, const struct entity_column *column, enum row_stage what, const char *text)
{
    struct row_staged *to = slot(view, column);
    const char *now = row_view_value(view, column);
    bool is_same = what == STAGED_VALUE && !row_view_is_new(view) && (text ? now && !strcmp(text, now) : !now);
    talloc_free(to->text);
    to->text = text && !is_same ? talloc_strdup(view->staged, text) : NULL;
    to->what = is_same ? STAGED_NOTHING : what;
    show_staged(view);
    size_t count = row_view_staged_count(view);
    if (is_same)
        console_say(view->base.console, MESSAGE_NOTE, "%s stays as it is.", column->name);
    else if (what != STAGED_NOTHING)
        console_say(view->base.console, MESSAGE_NOTE, "Staged: %zu. A shows what it does and asks; Esc drops it.",
                    count);
}

void row_view_drop_staged(struct row_view *view)
{
    for (size_t i = 0; view->staged && i < view->hold->entity->column_count; i++)
        view->staged[i] = (struct row_staged){0};
    show_staged(view);
}

/* ---- asking for values ---- */

/* Whether a text can be typed into the field and come back as it was. */
static bool is_short(const char *text)
{
    if (strlen(text) > FIELD_MOST_BYTES || text_first_invalid(text, strlen(text)) >= 0)
        return false;
    for (const char *at = text; *at;) {
        uint32_t character = 0;
        int length = text_character(at, strlen(at), &character);
        if (text_is_hostile(character))
            return false;
        at += length;
    }
    return true;
}

static const char *text_to_edit(const struct row_view *view, const struct entity_column *column)
{
    const struct row_staged *staged = row_view_staged(view, column);
    const char *text = staged->what == STAGED_NOTHING ? row_view_value(view, column) : staged->text;
    return text ? text : "";
}

static void ask_value(struct row_view *view, const struct entity_column *column)
{
    char *labels = column->labels ? talloc_asprintf(view, " (%s)", column->labels) : NULL;
    for (char *at = labels; at && *at; at++)
        *at = *at == '\n' ? ' ' : *at;
    talloc_free(view->prompt);
    view->prompt = talloc_asprintf(view, "%.40s%.*s = ", column->name, PROMPT_BYTES, labels ? labels : "");
    talloc_free(labels);
    view->asking = ROW_ASKING_VALUE;
    view->asked = column;
    console_ask(view->base.console, &view->base, view->prompt, text_to_edit(view, column));
}

void row_edit_typed(struct row_view *view, const char *text, enum typing typing)
{
    static const char empty[] = "''"; /* as an empty text is shown */
    const struct row_staged *staged = row_view_staged(view, view->asked);
    const char *now = staged->what == STAGED_NOTHING ? row_view_value(view, view->asked) : staged->text;
    if (typing != TYPING_DONE)
        return;
    if (!now && !*text)
        console_say(view->base.console, MESSAGE_NOTE, "%s stays as it is; '' stands for no characters.",
                    view->asked->name);
    else
        stage(view, view->asked, STAGED_VALUE, !now && !strcmp(text, empty) ? "" : text);
}

/* ---- the editor ---- */

static bool write_file(int fd, const char *text)
{
    size_t size = strlen(text);
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        size -= (size_t)written;
    }
    return true;
}

/* Owner: `owner`. NULL where the file cannot be read, is larger than a value should be, or is no text. */
static char *read_file(TALLOC_CTX *owner, const char *path)
{
    FILE *file = fopen(path, "re");
    size_t size = 0, room = 4096;
    char *text = talloc_zero_size(owner, room);
    for (size_t more = 1; file && more && size < FILE_MOST_BYTES;) {
        if (room - size < 2) {
            room *= 2;
            text = talloc_realloc_size(owner, text, room);
        }
        more = fread(text + size, 1, room - size - 1, file);
        size += more;
    }
    bool is_text = file && !ferror(file) && size < FILE_MOST_BYTES;
    text[size] = '\0';
    is_text = is_text && strlen(text) == size && text_first_invalid(text, size) < 0;
    if (file)
        fclose(file);
    if (is_text)
        return text;
    talloc_free(text);
    return NULL;
}

/* Editors end a file with a newline; a value that had none is not given one. */
static void trim_end(char *text, const char *before)
{
    size_t size = strlen(text), old = strlen(before);
    if (size && text[size - 1] == '\n' && !(old && before[old - 1] == '\n'))
        text[size - 1] = '\0';
}

static void take_file(struct row_view *view, const struct entity_column *column, const char *path)
{
    const char *before = text_to_edit(view, column);
    char *text = read_file(view, path);
    if (!text) {
        console_say(view->base.console, MESSAGE_WARNING, "What the editor left cannot be a value: nothing is staged.");
        return;
    }
    trim_end(text, before);
    if (strcmp(text, before) != 0)
        stage(view, column, STAGED_VALUE, text);
    else
        console_say(view->base.console, MESSAGE_NOTE, "%s stays as it is.", column->name);
    talloc_free(text);
}

static void edit_in_editor(struct row_view *view, const struct entity_column *column)
{
    struct console *console = view->base.console;
    const char *folder = console_variable(console, "TMPDIR");
    char *path = talloc_asprintf(view, "%s/pgdeck-value-XXXXXX", folder && *folder == '/' ? folder : "/tmp");
    int fd = mkstemp(path); /* for its owner alone */
    bool is_written = fd >= 0 && write_file(fd, text_to_edit(view, column));
    if (fd >= 0)
        is_written = close(fd) == 0 && is_written;
    if (is_written) {
        editor_open(console, path, 0);
        take_file(view, column, path);
    } else {
        console_say(console, MESSAGE_ERROR, "cannot write %s: %s", path, strerror(errno));
    }
    if (fd >= 0)
        unlink(path);
    talloc_free(path);
}

static void edit(struct row_view *view, const struct entity_column *column)
{
    if (is_short(text_to_edit(view, column)))
        ask_value(view, column);
    else
        edit_in_editor(view, column);
}

void row_view_begin_edit(struct row_view *view)
{
    const struct row_subject *subject = &view->subject;
    const struct entity *entity = view->hold->entity;
    view->staged = talloc_zero_array(view, struct row_staged, (unsigned)entity->column_count + 1);
    for (size_t i = 0; i < subject->given_count; i++)
        slot(view, subject->given[i].column)[0] =
            (struct row_staged){STAGED_VALUE, talloc_strdup(view->staged, subject->given[i].value)};
    if (subject->aim == ROW_TO_EDIT && !row_edit_refusal(view, ACTION_EDIT_ROW))
        edit(view, &entity->columns[subject->column]);
}

/* ---- changing ---- */

static void on_end(void *argument, enum row_change_end end, const struct entity_outcome *outcome)
{
    struct row_view *view = argument;
    enum entity_write what = view->doing_what;
    struct console *console = view->base.console;
    if (end == ROW_CHANGE_MADE && (what == WRITE_ADD || what == WRITE_EDIT)) /* its key may be what was edited */
        view->subject.key = talloc_steal(view, outcome->key);
    TALLOC_FREE(view->change);
    if (end == ROW_CHANGE_MADE) {
        row_view_drop_staged(view);
        rows_pages_changed(console);
    }
    if (end == ROW_CHANGE_MADE && what == WRITE_DELETE) {
        console_close(console); /* frees the view */
        return;
    }
    if (end == ROW_CHANGE_CONFLICT) {
        view->before_task = view->row_task;
        view->before = view->row;
        view->row_task = NULL;
    }
    if (end == ROW_CHANGE_MADE || end == ROW_CHANGE_CONFLICT)
        row_view_read(view);
}

static void start(struct row_view *view, enum entity_write what)
{
    const struct entity *entity = view->hold->entity;
    struct entity_change change = {.what = what, .key = view->subject.key};
    struct entity_value *values = talloc_zero_size(view, (entity->column_count + 1) * sizeof *values);
    if (view->row.result)
        change.version = entity_row_version(entity, &view->row);
    for (size_t i = 0; (what == WRITE_EDIT || what == WRITE_ADD) && i < entity->column_count; i++)
        if (view->staged[i].what != STAGED_NOTHING)
            values[change.value_count++] = (struct entity_value){
                .column = &entity->columns[i],
                .text = view->staged[i].text,
                .source = view->staged[i].what == STAGED_DEFAULT ? VALUE_DEFAULT : VALUE_GIVEN,
            };
    change.values = values;
    view->doing_what = what;
    view->change = row_change_start(view, view->base.console, view->hold, &change, on_end, view);
    row_view_tick(view);
    talloc_free(values);
}

static void open_new(struct row_view *view)
{
    row_page_open(view->base.console,
                  &(struct row_subject){.catalog = view->subject.catalog, .hold = view->hold, .title = "new row"});
}

/* ---- keys ---- */

static const char *column_refusal(const struct row_view *view, enum action action)
{
    const struct row_line *line = row_view_line(view);
    if (!line || !line->column)
        return "Go to a column: a relationship is followed with Enter.";
    if (action == ACTION_UNSTAGE)
        return row_view_staged(view, line->column)->what == STAGED_NOTHING ? "Nothing is staged for this field." : NULL;
    if (entity_column_refusal(line->column))
        return line->column->is_generated ? "The server computes this column." : "The server numbers this column.";
    if (action == ACTION_STAGE_NULL && !line->column->is_nullable)
        return "This column must not be NULL.";
    if (action == ACTION_STAGE_DEFAULT && !line->column->has_default && !line->column->is_nullable)
        return "This column has no default.";
    return NULL;
}

static const char *save_refusal(const struct row_view *view)
{
    if (row_view_staged_count(view) || row_view_is_new(view))
        return NULL;
    return "Nothing is staged: E changes the value under the cursor.";
}

static enum entity_write write_of(enum action action)
{
    return action == ACTION_INSERT_ROW    ? WRITE_ADD
           : action == ACTION_REMOVE_ROW  ? WRITE_REMOVE
           : action == ACTION_DELETE_ROW  ? WRITE_DELETE
           : action == ACTION_RESTORE_ROW ? WRITE_RESTORE
                                          : WRITE_EDIT;
}

const char *row_edit_refusal(const struct row_view *view, enum action action)
{
    if (!view->hold || !view->lines || (!row_view_has_values(view) && !row_view_is_new(view)))
        return "There is no row here.";
    const char *refusal = row_change_refusal(view->base.console, view->hold, write_of(action));
    if (refusal)
        return refusal;
    if (view->change || view->task)
        return "Something is going on: wait for its end, or cancel it with ^C.";
    switch ((int)action) {
    case ACTION_SAVE_ROW:
        return save_refusal(view);
    case ACTION_INSERT_ROW:
        return row_view_is_new(view) ? "This is a new row already: A inserts it." : NULL;
    case ACTION_REMOVE_ROW:
    case ACTION_DELETE_ROW:
    case ACTION_RESTORE_ROW:
        if (row_view_staged_count(view))
            return "Values are staged: A applies them, Esc drops them.";
        return row_view_is_new(view) ? "The row is not there yet." : NULL;
    default:
        return column_refusal(view, action);
    }
}

bool row_edit_act(struct row_view *view, enum action action)
{
    const struct row_line *line = row_view_line(view);
    switch ((int)action) {
    case ACTION_EDIT_ROW:
        edit(view, line->column);
        return true;
    case ACTION_EDIT_FIELD:
        edit_in_editor(view, line->column);
        return true;
    case ACTION_STAGE_NULL:
        stage(view, line->column, STAGED_VALUE, NULL);
        return true;
    case ACTION_STAGE_DEFAULT:
        stage(view, line->column, STAGED_DEFAULT, NULL);
        return true;
    case ACTION_UNSTAGE:
        stage(view, line->column, STAGED_NOTHING, NULL);
        return true;
    case ACTION_INSERT_ROW:
        open_new(view);
        return true;
    case ACTION_SAVE_ROW:
        start(view, row_view_is_new(view) ? WRITE_ADD : WRITE_EDIT);
        return true;
    case ACTION_REMOVE_ROW:
    case ACTION_DELETE_ROW:
    case ACTION_RESTORE_ROW:
        start(view, write_of(action));
        return true;
    default:
        return false;
    }
}
