/* See row_change.h. */
#include "tui/screens/row_change.h"

#include <unistd.h>

#include "store/text.h"
#include "tui/answer.h"
#include "tui/consent.h"
#include "tui/entities.h"
#include "tui/screens/entity_text.h"

enum { LINE_COLUMNS = 84, DIALOG_CHROME = 10, STATEMENT_BYTES = 1500, LEAST_ROWS = 14 };

struct row_change {
    struct console *console;
    struct entity_hold *hold;
    struct entity_change change;
    struct entity_value *values; /* of `change`; has room for a key */
    struct task *task;           /* or NULL */
    struct task *rehearsal;      /* owner of what it came to; or NULL */
    row_change_fn on_end;
    void *argument;
};

static const struct {
    const char *action, *verb;
} words[] = {
    [WRITE_ADD] = {"add", "add a row to"},          [WRITE_EDIT] = {"edit", "edit"},
    [WRITE_REMOVE] = {"remove", "mark as deleted"}, [WRITE_DELETE] = {"remove", "delete"},
    [WRITE_RESTORE] = {"restore", "restore"},
};

/* ---- copies ---- */

static const char *const *copy_texts(TALLOC_CTX *owner, const char *const *texts, size_t count)
{
    const char **copy = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        copy[i] = talloc_strdup(copy, texts[i]);
    return copy;
}

static struct entity_change copy_change(TALLOC_CTX *owner, const struct entity *entity,
                                        const struct entity_change *from, struct entity_value **own)
{
    struct entity_change copy = *from;
    struct entity_value *values = talloc_zero_size(owner, (from->value_count + entity->key_count + 1) * sizeof *values);
    for (size_t i = 0; i < from->value_count; i++) {
        values[i] = from->values[i];
        values[i].text = values[i].text ? talloc_strdup(values, values[i].text) : NULL;
    }
    copy.values = *own = values;
    copy.key = from->key ? copy_texts(owner, from->key, entity->key_count) : NULL;
    copy.version = from->version ? talloc_strdup(owner, from->version) : NULL;
    return copy;
}

static size_t statement_count(const struct entity_outcome *outcome)
{
    size_t count = 0;
    while (outcome->statements[count])
        count++;
    return count;
}

/* ---- the end ---- */

static void end(struct row_change *change, enum row_change_end how, const struct entity_outcome *outcome)
{
    change->on_end(change->argument, how, outcome);
}

static void fail(struct row_change *change, const struct error *error)
{
    struct console *console = change->console;
    bool is_conflict = error->code == ERROR_STALE_PLAN;
    if (error->code == ERROR_CANCELLED)
        console_say(console, MESSAGE_WARNING, "Cancelled: nothing was changed.");
    else
        console_say_error(console, error);
    if (error->code == ERROR_CONNECTION || error->code == ERROR_UNKNOWN_OUTCOME)
        console_refresh(console); /* which connects again, and tells */
    end(change, is_conflict ? ROW_CHANGE_CONFLICT : ROW_CHANGE_FAILED, NULL);
}

/* ---- making it ---- */

static struct task *run(struct row_change *change, int mode, loop_end_fn on_end)
{
    struct console *console = change->console;
    struct entity_work *work = entity_work_new(console, change->hold);
    struct error *error = error_new(change);
    struct entity_value *values;
    work->change = copy_change(work, change->hold->entity, &change->change, &values);
    work->change.mode = mode;
    if (work->change.what == WRITE_ADD)
        work->change.snowflake = snowflake_new(work, snowflake_node(console->deck->host, (long)getpid()), NULL, NULL);
    struct task *task = entity_work_start(console, work, entity_work_change, on_end, change, error);
    if (!task)
        console_say_error(console, error);
    talloc_free(error);
    return task;
}

static void on_made(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct row_change *change = argument;
    struct console *console = change->console;
    change->task = console->write_task = NULL;
    if (!succeeded) {
        fail(change, error);
        return;
    }
    const struct entity_written *written = task_result(task);
    TALLOC_CTX *memory = talloc_new(NULL);
    entities_log_change(console->deck->log, words[change->change.what].action, change->hold->entity, &change->change,
                        written->outcome);
    const char *const *lines = entities_outcome_lines(memory, written->outcome);
    char *text = talloc_asprintf(memory, "done: %s %s", words[change->change.what].verb, change->hold->entity->name);
    for (size_t i = statement_count(written->outcome); lines[i]; i++) /* the effects stand behind the statements */
        text = talloc_asprintf_append(text, "; %s", lines[i]);
    console_say(console, MESSAGE_GOOD, "%s", text);
    talloc_free(memory);
    end(change, ROW_CHANGE_MADE, written->outcome);
}

static void on_answer(void *argument, enum dialog_answer answer)
{
    struct row_change *change = argument;
    if (answer != DIALOG_YES) {
        console_say(change->console, MESSAGE_NOTE, "Nothing was changed.");
        end(change, ROW_CHANGE_DROPPED, NULL);
        return;
    }
    change->task = run(change, CHANGE_FOR_REAL, on_made);
    if (!change->task) {
        end(change, ROW_CHANGE_FAILED, NULL);
        return;
    }
    change->console->write_task = change->task;
    change->console->write_name = "A change of a row";
}

/* ---- asking ---- */

static void add_line(const char ***lines, size_t *count, const char *text)
{
    *lines = talloc_realloc(NULL, *lines, const char *, (unsigned)*count + 2);
    (*lines)[(*count)++] = talloc_strdup(*lines, text);
    (*lines)[*count] = NULL;
}

/* Where a text is broken so that a part is at most `columns` wide: at a blank if one is near. */
static size_t part_size(const char *text, int columns)
{
    size_t size = strlen(text), blank = 0, at = 0;
    int width = 0;
    while (at < size) {
        uint32_t character = ' ';
        int length = text_character(text + at, size - at, &character);
        char *one = talloc_strndup(NULL, text + at, (size_t)(length ? length : 1));
        width += text_width(one);
        talloc_free(one);
        if (width > columns)
            return blank > at / 2 ? blank : at;
        at += (size_t)(length ? length : 1);
        blank = character == ' ' ? at : blank;
    }
    return size;
}

/* A statement or an effect, folded to the dialog's width; of what is very long only the beginning. */
static void add_folded(const char ***lines, size_t *count, const char *text, int columns)
{
    size_t size = strlen(text);
    char *clean = text_sanitise(NULL, text, size < STATEMENT_BYTES ? size : STATEMENT_BYTES, TEXT_ONE_LINE);
    const char *indent = "";
    for (const char *at = clean; *at; indent = "    ") {
        size_t part = part_size(at, columns - (int)strlen(indent));
        part = part ? part : strlen(at);
        char *line = talloc_asprintf(clean, "%s%.*s", indent, (int)part, at);
        add_line(lines, count, line);
        at += part;
    }
    if (size > STATEMENT_BYTES) {
        char *rest = talloc_asprintf(clean, "    %s %zu bytes in all", theme_glyph(GLYPH_ELLIPSIS), size);
        add_line(lines, count, rest);
    }
    talloc_free(clean);
}

/* What it touches comes first: it must not stand behind pages of SQL. */
static const char *const *shown_lines(TALLOC_CTX *owner, const struct row_change *change,
                                      const struct entity_outcome *outcome)
{
    int columns = terminal_columns(change->console->terminal) - DIALOG_CHROME;
    const char *const *all = entities_outcome_lines(owner, outcome);
    const char **lines = NULL;
    size_t count = 0, statements = statement_count(outcome);
    columns = columns < LINE_COLUMNS ? columns : LINE_COLUMNS;
    columns = columns > 20 ? columns : 20;
    for (size_t i = statements; all[i]; i++)
        add_folded(&lines, &count, all[i], columns);
    if (!outcome->effect_count)
        add_line(&lines, &count, "The server does not count what it touches (track_counts is off).");
    add_line(&lines, &count, "");
    for (size_t i = 0; i < statements; i++)
        add_folded(&lines, &count, all[i], columns);
    return talloc_steal(owner, lines);
}

/* What is shown is what runs: an id that was made for the rehearsal is the row's. */
static void keep_made_ids(struct row_change *change, const struct entity_outcome *outcome)
{
    const struct entity *entity = change->hold->entity;
    struct entity_value *values = change->values;
    for (size_t i = 0; change->change.what == WRITE_ADD && i < entity->key_count; i++) {
        bool is_given = entity->key[i]->generate != GENERATE_SNOWFLAKE;
        for (size_t j = 0; j < change->change.value_count; j++)
            is_given = is_given || values[j].column == entity->key[i];
        if (!is_given)
            values[change->change.value_count++] = (struct entity_value){
                .column = entity->key[i], .text = talloc_strdup(change, outcome->key[i]), .source = VALUE_GIVEN};
    }
}

static void on_rehearsed(void *argument, struct task *task, bool succeeded, const struct error *error)
{
    struct row_change *change = argument;
    const struct entity *entity = change->hold->entity;
    change->task = NULL;
    if (!succeeded) {
        fail(change, error);
        return;
    }
    change->rehearsal = talloc_steal(change, task);
    const struct entity_written *written = task_result(task);
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *key = change->change.key ? entity_key_text(memory, change->change.key, entity->key_count) : "";
    keep_made_ids(change, written->outcome);
    struct confirmation confirmation = {
        .question =
            talloc_asprintf(memory, "%s %s%s%s on %s", words[change->change.what].verb, entity->name, *key ? " " : "",
                            entity_short(memory, key, 60), change->console->deck->target->name),
        .lines = shown_lines(memory, change, written->outcome),
        .loss = entity_outcome_loses_rows(written->outcome, &change->change) ? LOSES_DATA : LOSES_NOTHING,
        .database = written->database,
    };
    consent_ask(change->console, &confirmation, words[change->change.what].verb, on_answer, change);
    talloc_free(memory);
}

/* ---- life ---- */

const char *row_change_refusal(const struct console *console, const struct entity_hold *hold, enum entity_write what)
{
    const struct entity *entity = hold->entity;
    const char *refusal = consent_refusal(console);
    if (refusal)
        return refusal;
    if (hold->refusal)
        return hold->refusal;
    if (what == WRITE_REMOVE && !entity->soft_delete)
        return "No column marks deleted rows here: D deletes the row itself.";
    if (what == WRITE_RESTORE && !entity->soft_delete)
        return "No column marks deleted rows here: what was deleted is gone.";
    return NULL;
}

const char *row_change_doing(const struct row_change *change)
{
    if (!change->task)
        return NULL;
    return change->task == change->console->write_task ? "writing" : "trying it out";
}

bool row_change_cancel(struct row_change *change)
{
    if (!change->task)
        return false;
    task_cancel(change->task);
    console_say(change->console, MESSAGE_WARNING, "Cancelling: the server was asked to stop%s",
                theme_glyph(GLYPH_ELLIPSIS));
    return true;
}

static int destroy(struct row_change *change)
{
    if (change->task) {
        loop_drop(change->console->loop, change->task);
        if (change->console->write_task == change->task)
            change->console->write_task = NULL;
    }
    return 0;
}

struct row_change *row_change_start(TALLOC_CTX *owner, struct console *console, struct entity_hold *hold,
                                    const struct entity_change *wanted, row_change_fn on_end, void *argument)
{
    if (terminal_rows(console->terminal) < LEAST_ROWS) {
        console_say(console, MESSAGE_WARNING, "%d rows are needed to show what it does: nothing was tried.",
                    LEAST_ROWS);
        return NULL;
    }
    struct row_change *change = talloc_zero(owner, struct row_change);
    change->console = console;
    change->hold = hold;
    change->on_end = on_end;
    change->argument = argument;
    change->change = copy_change(change, hold->entity, wanted, &change->values);
    if (!talloc_reference(change, hold))
        abort();
    change->task = run(change, CHANGE_REHEARSED, on_rehearsed);
    if (!change->task) {
        talloc_free(change);
        return NULL;
    }
    talloc_set_destructor(change, destroy);
    return change;
}
