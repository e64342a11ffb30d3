/* See proofs.h. */
#include "migrate/twice/proofs.h"

#include <inttypes.h>
#include <jansson.h>

#include "migrate/baseline/rows.h"
#include "migrate/baseline/sequences.h"
#include "migrate/replay/cache.h"
#include "migrate/replay/notes.h"
#include "store/digest.h"

#define FORMAT "1"       /* of the note, and of what a proof looks at */
#define PROOFS_MOST 8192 /* a note that grows beyond begins anew */
#define ROWS_MOST 10000  /* of a table that are read; beyond, they are counted */

struct proofs {
    struct scratch *scratch;
    const char *name; /* of the note */
    const char *start;
    json_t *proofs, *states;
    bool is_new; /* something was added */
};

static int free_proofs(struct proofs *known)
{
    json_decref(known->proofs);
    json_decref(known->states);
    return 0;
}

static const char *digest(TALLOC_CTX *owner, const char *text) { return digest_sha256(owner, text, strlen(text)); }

/* What is ignored is not found. */
static const char *start_of(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                            const struct settings *settings)
{
    size_t count;
    const struct settings_ignore *ignores = settings_ignores(settings, &count);
    TALLOC_CTX *memory = talloc_new(NULL);
    char *text =
        talloc_asprintf(memory, FORMAT "\n%s\n", cache_migration_keys(memory, scratch, directory, 0, CACHE_FIRST)[0]);
    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append_buffer(text, "%zu:%s%zu:%s%d,", strlen(ignores[i].kind), ignores[i].kind,
                                             strlen(ignores[i].name), ignores[i].name, ignores[i].takes_back);
    const char *key = digest(owner, text);
    talloc_free(memory);
    return key;
}

struct proofs *proofs_open(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory,
                           const struct settings *settings)
{
    struct proofs *known = talloc_zero(owner, struct proofs);
    known->scratch = scratch;
    known->start = start_of(known, scratch, directory, settings);
    known->name = talloc_asprintf(known, "twice %s %s", known->start, digest(known, directory->path));
    const char *const keys[] = {known->name, NULL};
    char *text = notes_recall(known, scratch, keys);
    json_t *note = text ? json_loads(text, 0, NULL) : NULL;
    known->proofs = json_incref(json_object_get(note, "proofs"));
    known->states = json_incref(json_object_get(note, "states"));
    json_decref(note);
    if (!json_is_object(known->proofs) || !json_is_object(known->states) ||
        json_object_size(known->proofs) > PROOFS_MOST) {
        free_proofs(known);
        known->proofs = json_object();
        known->states = json_object();
    }
    talloc_set_destructor(known, free_proofs);
    return known;
}

void proofs_save(struct proofs *known)
{
    if (!known->is_new)
        return;
    json_t *note = json_pack("{s:O, s:O}", "proofs", known->proofs, "states", known->states);
    char *text = note ? json_dumps(note, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    if (text)
        notes_keep(known->scratch, known->name, text);
    free(text);
    json_decref(note);
    known->is_new = false;
}

/* ---- keys ---- */

const char *proofs_start(struct proofs *known) { return known->start; }

const char *proofs_behind_file(struct proofs *known, const char *key, const struct migration_file *file)
{
    char *text = talloc_asprintf(known, "%s\n%s\n%s\n%s\n%d\n", key, file->path, file->version, file->checksum,
                                 file->is_transactional);
    const char *next = digest(known, text);
    talloc_free(text);
    return next;
}

const char *proofs_behind_state(struct proofs *known, const char *state)
{
    char *text = talloc_asprintf(known, "%s\nstate %s\n", known->start, state);
    const char *next = digest(known, text);
    talloc_free(text);
    return next;
}

/* ---- proofs ---- */

static bool read_finding(const json_t *value, struct twice_finding *finding)
{
    int what = -1;
    json_t *copy = json_incref((json_t *)(uintptr_t)value);
    bool ok = json_unpack(copy, "{s:i, s:s, s:i, s?s, s:s, s:s, s?s}", "what", &what, "file", &finding->file, "line",
                          &finding->line, "object", &finding->object, "sqlstate", &finding->sqlstate, "message",
                          &finding->message, "hint", &finding->hint) == 0 &&
              what >= TWICE_FAILED && what <= TWICE_INTERRUPTED;
    json_decref(copy);
    finding->what = ok ? (enum twice_what)what : TWICE_FAILED;
    return ok;
}

bool proofs_recall(struct proofs *known, const char *key, struct findings *findings)
{
    const json_t *list = json_object_get(known->proofs, key);
    bool ok = json_is_array(list);
    for (size_t i = 0; ok && i < json_array_size(list); i++) {
        struct twice_finding finding = {0};
        ok = read_finding(json_array_get(list, i), &finding);
        if (ok)
            findings_copy(findings, &finding);
    }
    return ok;
}

void proofs_keep(struct proofs *known, const char *key, const struct findings *findings, size_t first)
{
    json_t *list = json_array();
    for (size_t i = first; i < findings->count; i++) {
        const struct twice_finding *finding = &findings->items[i];
        json_t *value = json_pack("{s:i, s:s, s:i, s:s*, s:s, s:s, s:s*}", "what", (int)finding->what, "file",
                                  finding->file, "line", finding->line, "object", finding->object, "sqlstate",
                                  finding->sqlstate, "message", finding->message, "hint", finding->hint);
        if (!value) { /* not UTF-8: it is found anew the next time */
            json_decref(list);
            return;
        }
        json_array_append_new(list, value);
    }
    json_object_set_new(known->proofs, key, list);
    known->is_new = true;
}

const char *proofs_recall_state(struct proofs *known, const char *key)
{
    return json_string_value(json_object_get(known->states, key));
}

void proofs_keep_state(struct proofs *known, const char *key, const char *state)
{
    json_object_set_new(known->states, key, json_string(state));
    known->is_new = true;
}

/* ---- the state itself ---- */

static void add(char **text, const char *value)
{
    if (value)
        *text = talloc_asprintf_append_buffer(*text, "%zu:%s,", strlen(value), value);
    else
        *text = talloc_strdup_append_buffer(*text, "-,");
}

static char *schema_text(TALLOC_CTX *owner, const struct snapshot *snapshot)
{
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct object *object = snapshot->objects[i];
        add(&text, object->kind->name);
        add(&text, object->identity);
        add(&text, object->comment);
        for (size_t j = 0; j < object->kind->field_count; j++)
            add(&text, field_value(object, &object->kind->fields[j]));
    }
    return text;
}

static bool is_volatile(const struct row_column *column)
{
    return !strncmp(column->base, "timestamp", 9) || !strncmp(column->base, "time ", 5) ||
           !strcmp(column->base, "date") || !strcmp(column->base, "uuid");
}

static void add_rows(char **text, const struct row_set *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct row_table *table = &rows->tables[i];
        add(text, table->identity);
        *text = talloc_asprintf_append_buffer(*text, "%" PRId64 ",", table->total);
        for (size_t row = 0; table->cells && row < table->count; row++)
            for (size_t j = 0; j < table->column_count; j++)
                if (!is_volatile(&table->columns[j]))
                    add(text, rows_cell(table, row, j));
    }
}

static void add_sequences(char **text, const struct sequence_set *sequences)
{
    for (size_t i = 0; i < sequences->count; i++)
        *text = talloc_asprintf_append_buffer(*text, "%s %" PRId64 " %d,", sequences->items[i].identity,
                                              sequences->items[i].last_value, sequences->items[i].is_called);
}

const char *proofs_state(struct proofs *known, struct prover *prover)
{
    const struct snapshot_options options = {.settings = prover->options->settings};
    struct connection *connection = prover->build.connection;
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *state = NULL;
    struct snapshot *snapshot = snapshot_take(memory, connection, &options, prover->error);
    struct row_set *rows = snapshot ? rows_read(memory, connection, ROWS_MOST, prover->error) : NULL;
    struct sequence_set *sequences = rows ? sequences_read(memory, connection, prover->error) : NULL;
    if (sequences) {
        rows_keep(rows, snapshot);
        sequences_keep(sequences, snapshot);
        char *text = schema_text(memory, snapshot);
        add_rows(&text, rows);
        add_sequences(&text, sequences);
        state = digest(known, text);
    }
    talloc_free(memory);
    return state;
}
