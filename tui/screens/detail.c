/* What is known of one migration: its SQL, its locks, its notes, its attempts. See migrations.h. */
#include "tui/answer.h"
#include "tui/highlight.h"
#include "tui/screens/migrations.h"
#include "tui/screens/state.h"
#include "tui/widgets/beside.h"

enum { MOST_SQL_BYTES = 1 << 20, FACT_COLUMNS = 9 };

const char *const migration_tab_names[TAB_COUNT] = {"SQL", "Locks", "Notes", "Journal"};

static bool is_of(const struct journal_row *row, const struct migration *migration)
{
    char *end;
    return row->version && strtoll(row->version, &end, 10) == migration->number && !*end;
}

/* What the newest attempt of an unfinished step left behind. */
static void add_open_step(struct document *document, const struct survey *survey, const struct migration *migration,
                          int64_t step)
{
    const struct journal_row *row = NULL;
    for (size_t i = survey->event_count; i > 0 && !row; i--)
        if (is_of(&survey->events[i - 1], migration) && survey->events[i - 1].step == step)
            row = &survey->events[i - 1];
    json_t *detail = row && row->detail ? json_loads(row->detail, 0, NULL) : NULL;
    const char *message = NULL, *left = NULL;
    if (!row || strcmp(row->event, "step_intended") == 0 ||
        json_unpack(detail, "{s:s, s?:s}", "message", &message, "left", &left) != 0)
        document_line(document, LOOK_WARN, "  step %lld was begun; how it ended is not known", (long long)step);
    else
        document_line(document, LOOK_BAD, "  step %lld %s: %s%s%s", (long long)step, row->event, message,
                      left ? "; left behind: " : "", left ? left : "");
    json_decref(detail);
}

static void add_state(struct document *document, const struct survey *survey, const struct migration *migration)
{
    const struct state_row *state = state_row(migration->state);
    if (!state->advice)
        return;
    document_line(document, state->look, "%s %s. %s", theme_glyph(state->glyph), state->word, state->advice);
    for (size_t i = 0; i < migration->step_count; i++) {
        const struct journal_step *step = &migration->steps[i];
        if (step->is_done)
            document_line(document, LOOK_PLAIN, "  step %lld is done", (long long)step->step);
        else
            add_open_step(document, survey, migration, step->step);
    }
}

static void add_sql(struct document *document, const struct survey *survey, const struct migration *migration)
{
    const struct migration_file *file = migration->file;
    if (!file) {
        add_state(document, survey, migration);
        document_line(document, LOOK_DIM, "There is no file of this version.");
        return;
    }
    if (migration->state != MIGRATION_PENDING)
        add_state(document, survey, migration);
    size_t size = file->size_bytes < MOST_SQL_BYTES ? file->size_bytes : MOST_SQL_BYTES;
    highlight_sql(document, file->text, size);
    if (size < file->size_bytes)
        document_line(document, LOOK_WARN, "\n%zu bytes more: e opens the whole file.", file->size_bytes - size);
}

/* The entry, and beside it the SQL that it speaks of where there is room. */
static void add_entry(struct document *document, const struct documentation_entry *entry,
                      const struct migration_file *file, int columns)
{
    const char *body = entry->body + strspn(entry->body, "\r\n");
    if (!file || !beside_fits(columns)) {
        highlight_markdown(document, body);
        return;
    }
    struct document *notes = document_new(document), *sql = document_new(document);
    highlight_markdown(notes, body);
    highlight_sql(sql, file->text, file->size_bytes < MOST_SQL_BYTES ? file->size_bytes : MOST_SQL_BYTES);
    beside_add(document, notes, sql, columns);
    talloc_free(notes);
    talloc_free(sql);
}

/* What migration.documented would say of it. */
static void add_missing(struct document *document, const char *what, const struct documentation_note *note)
{
    if (note->state != NOTE_WRITTEN)
        document_line(document, LOOK_WARN, "Its %s not written yet.", what);
}

static void add_notes(struct document *document, const struct survey *survey, const struct migration *migration,
                      int columns)
{
    const struct migration_file *file = migration->file;
    add_state(document, survey, migration);
    const struct documentation_entry *entry = documentation_find(survey->documentation, migration->number);
    if (entry) {
        add_missing(document, "intent is", &entry->intent);
        add_missing(document, "safety notes are", &entry->safety);
        add_entry(document, entry, file, columns);
    } else {
        document_line(document, LOOK_WARN, "%s has no entry for it.", survey->documentation->shown);
    }
    if (!file)
        return;
    document_line(document, LOOK_HEAD, "\nThe file");
    document_fact(document, "path", FACT_COLUMNS, LOOK_PLAIN, "%s", file->path);
    document_fact(document, "sha256", FACT_COLUMNS, LOOK_PLAIN, "%s", file->checksum);
    document_fact(document, "runs", FACT_COLUMNS, LOOK_PLAIN, "%s, %s",
                  answer_count(document, file->statements.count, "statement"),
                  file->is_transactional ? "in one transaction" : "one by one, without a transaction around them");
    for (size_t i = 0; i < file->allowance_count; i++)
        document_fact(document, "allows", FACT_COLUMNS, LOOK_PLAIN, "%s: %s", file->allowances[i].hazard,
                      file->allowances[i].reason);
}

void migration_add_event(struct document *document, const struct journal_row *row)
{
    bool is_bad = strcmp(row->event, "failed") == 0 || strcmp(row->event, "interrupted") == 0;
    bool is_good = strcmp(row->event, "applied") == 0;
    document_add(document, LOOK_DIM, "%.10s %.8s  ", row->at, strlen(row->at) > 11 ? row->at + 11 : "");
    document_add(document, LOOK_PLAIN, "%-5s ", row->version ? row->version : "");
    document_add(document, is_bad ? LOOK_BAD : is_good ? LOOK_GOOD : LOOK_STRONG, "%-13s", row->event);
    if (row->step != INTEGER_NULL)
        document_add(document, LOOK_PLAIN, " step %lld", (long long)row->step);
    document_add(document, LOOK_PLAIN, "  %s", row->person ? row->person : row->db_role);
    if (row->host)
        document_add(document, LOOK_DIM, "@%s", row->host);
    if (row->detail && strcmp(row->detail, "{}") != 0)
        document_add(document, LOOK_DIM, "  %s", row->detail);
    document_end_line(document);
}

static void add_journal(struct document *document, const struct survey *survey, const struct migration *migration)
{
    size_t count = 0;
    for (size_t i = survey->event_count; i > 0; i--) {
        const struct journal_row *row = &survey->events[i - 1];
        if (!is_of(row, migration))
            continue;
        migration_add_event(document, row);
        count++;
    }
    if (count == 0 && migration->row)
        document_line(document, LOOK_DIM,
                      "The journal tells nothing of it: it was seeded, adopted, or applied by another tool.");
    else if (count == 0)
        document_line(document, LOOK_DIM, "It was never attempted here.");
    if (survey->event_count == SURVEY_EVENTS)
        document_line(document, LOOK_DIM, "Of the newest %d events.", SURVEY_EVENTS);
}

struct document *migration_document(TALLOC_CTX *owner, const struct survey *survey, const struct locks *locks,
                                    const struct migration *migration, enum migration_tab tab, int columns)
{
    struct document *document = document_new(owner);
    switch (tab) {
    case TAB_SQL:
        add_sql(document, survey, migration);
        break;
    case TAB_LOCKS:
        locks_add(document, locks, migration, columns);
        break;
    case TAB_NOTES:
        add_notes(document, survey, migration, columns);
        break;
    case TAB_JOURNAL:
        add_journal(document, survey, migration);
        break;
    case TAB_COUNT:
        break;
    }
    return document;
}
