/* See draft.h. Here: the two ways to write it. draft/shape.c knows statements, draft/witness.c the catalog,
 * draft/proof.c tries a text out, draft/measure.c what it locks. */
#include "migrate/draft.h"

#include "migrate/draft/measure.h"
#include "migrate/draft/proof.h"
#include "migrate/draft/shape.h"
#include "migrate/draft/witness.h"

/* A text on its way. */
struct writing {
    TALLOC_CTX *memory;
    const struct comparison *comparison;
    char *text;
};

static void append(struct writing *writing, const char *format, ...) PRINTF_LIKE(2, 3);
static void append(struct writing *writing, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    writing->text = talloc_vasprintf_append_buffer(writing->text, format, arguments);
    va_end(arguments);
}

/* A dollar quote that does not stand in the text. */
static const char *quote_for(TALLOC_CTX *owner, const char *text)
{
    const char *quote = "$$";
    for (int i = 1; strstr(text, quote); i++)
        quote = talloc_asprintf(owner, "$guard%d$", i);
    return quote;
}

/* A block that runs statements (each with its semicolon and newline) under a condition. */
static void append_block(struct writing *writing, const char *before, const char *condition, const char *statements)
{
    const char *body =
        talloc_asprintf(writing->memory, "BEGIN\n%sIF %s THEN\n%sEND IF;\nEND\n", before, condition, statements);
    const char *quote = quote_for(writing->memory, body);
    append(writing, "DO %s\n%s%s;\n", quote, body, quote);
}

static void append_loss(struct writing *writing, const struct emit_statement *statement)
{
    if (statement->traits & EMIT_LOSES_DATA)
        append(writing, "-- LOSES DATA\n");
}

/* ---- statement by statement ---- */

/* The object that a statement makes under a name that must be free, or renames; a copy with the name that it has
 * before. NULL: neither. */
static const struct object *subject_of(TALLOC_CTX *owner, const struct emit_statement *statement)
{
    const struct diff_item *item = statement->item;
    if (statement->step == STEP_CREATE)
        return diff_item_result(item);
    if (statement->step != STEP_RENAME)
        return NULL;
    struct object *before = talloc_memdup(owner, item->to, sizeof *before);
    if (!before)
        abort();
    before->identity = item->from->identity;
    before->name = item->from->name;
    return before;
}

static bool append_guarded(struct writing *writing, const struct emit_statement *statement)
{
    const struct object *subject = subject_of(writing->memory, statement);
    const char *exists = subject ? witness_exists(writing->memory, subject) : NULL;
    if (!exists || statement->traits & EMIT_OUTSIDE)
        return false;
    bool makes = statement->step == STEP_CREATE;
    const char *condition = makes ? talloc_asprintf(writing->memory, "NOT (%s)", exists) : exists;
    append_block(writing, "", condition, talloc_asprintf(writing->memory, "%s;\n", statement->sql));
    return true;
}

static bool append_repeatable(struct writing *writing, const struct emit_statement *statement)
{
    const struct shape shape = shape_of(statement->sql);
    const struct object *result = diff_item_result(statement->item);
    append_loss(writing, statement);
    switch (shape.kind) {
    case SHAPE_AS_IT_IS:
        append(writing, "%s;\n", statement->sql);
        return true;
    case SHAPE_INSERT:
        append(writing, "%.*s%s%s;\n", (int)shape.offset, statement->sql, shape.words, statement->sql + shape.offset);
        return true;
    case SHAPE_DROP: {
        const char *noun = result->kind->noun, *phrase = kind_phrase(writing->memory, result);
        append(writing, "DROP %s IF EXISTS%s;\n%s;\n", noun, phrase + strlen(noun), statement->sql);
        return true;
    }
    case SHAPE_GUARD:
        return append_guarded(writing, statement);
    }
    return false;
}

/* What must not be done twice, whatever its grammar: rows would go with what is dropped and made anew; stand-ins and
 * types that are moved aside are steps of one movement. */
static bool is_one_movement(const struct emit_statement *statement)
{
    const struct diff_item *item = statement->item;
    switch (statement->step) {
    case STEP_HOLLOW:
    case STEP_STUB:
    case STEP_ASIDE:
    case STEP_DROP_ASIDE:
        return true;
    case STEP_DROP:
        return item->to && (item->from->kind->rows == DROP_LOSES_ROWS || statement->traits & EMIT_LOSES_DATA);
    case STEP_RENAME:
    case STEP_CREATE:
    case STEP_ALTER:
        break;
    }
    return false;
}

static void open_transaction(struct writing *writing, const struct emit_script *script)
{
    if (script->transaction == SCRIPT_SPLIT)
        append(writing, "BEGIN;\n");
    if (script->has_routines)
        append(writing, "SET check_function_bodies = off;\n");
}

static void close_transaction(struct writing *writing, const struct emit_script *script)
{
    if (script->has_routines)
        append(writing, "RESET check_function_bodies;\n");
    if (script->transaction == SCRIPT_SPLIT)
        append(writing, "COMMIT;\n");
}

/* The head, and what is committed by itself before anything else. */
static bool append_outside(struct writing *writing, const struct emit_script *script)
{
    append(writing, "%s\n", script->transaction == SCRIPT_SPLIT ? "-- pgdeck: no-transaction\n" : "");
    for (size_t i = 0; i < script->count; i++)
        if (script->statements[i].traits & EMIT_OUTSIDE && !append_repeatable(writing, &script->statements[i]))
            return false;
    return true;
}

static struct writing begin(TALLOC_CTX *memory, const struct comparison *comparison)
{
    return (struct writing){memory, comparison, talloc_strdup(memory, "")};
}

/* NULL where a statement cannot stand by itself. */
static const char *write_one_by_one(TALLOC_CTX *memory, const struct comparison *comparison)
{
    struct writing writing = begin(memory, comparison);
    const struct emit_script *script = comparison->script;
    if (!append_outside(&writing, script))
        return NULL;
    open_transaction(&writing, script);
    for (size_t i = 0; i < script->count; i++) {
        const struct emit_statement *statement = &script->statements[i];
        if (statement->traits & EMIT_OUTSIDE)
            continue;
        if (is_one_movement(statement) || !append_repeatable(&writing, statement))
            return NULL;
    }
    close_transaction(&writing, script);
    return writing.text;
}

/* ---- all or nothing ---- */

static bool has_own_difference(const struct diff_item *item)
{
    return item->is_covered && (!item->from || !item->to || item->changed & ~DIFF_COMMENT_BIT);
}

/* Whether the other side has something else of that name: a function that becomes a procedure. */
static bool is_taken(const struct diff *diff, const struct diff_item *item)
{
    const struct object *object = item->to ? item->to : item->from;
    const struct snapshot *other = item->to ? diff->from : diff->to;
    for (size_t i = 0; i < other->count; i++)
        if (other->objects[i]->kind->spaces & object->kind->spaces &&
            !strcmp(other->objects[i]->identity, object->identity))
            return true;
    return false;
}

static const char *short_witness(TALLOC_CTX *memory, const struct diff *diff, const struct diff_item *item)
{
    if ((item->from && item->to) || is_taken(diff, item))
        return NULL;
    const char *exists = witness_exists(memory, item->to ? item->to : item->from);
    return exists ? talloc_asprintf(memory, "%s(%s)", item->to ? "NOT " : "", exists) : NULL;
}

/* All of it is run or nothing is: one difference tells whether it has been. The first that is quickly asked for, else
 * the first that there is. */
static const char *find_witness(TALLOC_CTX *memory, const struct comparison *comparison)
{
    const struct emit_script *script = comparison->script;
    const struct diff_item *first = NULL;
    for (size_t i = 0; i < script->count; i++) {
        const struct diff_item *item = script->statements[i].item;
        if (script->statements[i].traits & EMIT_OUTSIDE || !has_own_difference(item))
            continue;
        const char *witness = short_witness(memory, comparison->diff, item);
        if (witness)
            return witness;
        first = first ? first : item;
    }
    return first ? witness_is_open(memory, first, comparison->diff->from->server_version) : NULL;
}

static bool begins_with_word(const char *sql, const char *word)
{
    return !strncasecmp(sql, word, strlen(word)) && strchr(" \t\n", sql[strlen(word)]);
}

static const char *write_at_once(TALLOC_CTX *memory, const struct comparison *comparison)
{
    struct writing writing = begin(memory, comparison), inner = begin(memory, comparison);
    const struct emit_script *script = comparison->script;
    const char *witness = find_witness(memory, comparison);
    if (!witness || !append_outside(&writing, script))
        return NULL;
    for (size_t i = 0; i < script->count; i++) {
        const struct emit_statement *statement = &script->statements[i];
        if (statement->traits & EMIT_OUTSIDE)
            continue;
        append_loss(&inner, statement);
        if (begins_with_word(statement->sql, "SELECT"))
            append(&inner, "PERFORM%s;\n", statement->sql + strlen("SELECT"));
        else
            append(&inner, "%s;\n", statement->sql);
    }
    append(&writing, "-- These statements make one movement, which is not made twice.\n");
    open_transaction(&writing, script);
    append_block(&writing, "PERFORM pg_catalog.set_config('search_path', '', true);\n", witness, inner.text);
    close_transaction(&writing, script);
    return writing.text;
}

/* ---- choosing ---- */

struct draft *draft_make(TALLOC_CTX *owner, const struct comparison *comparison, const struct compare_options *options,
                         struct error *error)
{
    struct draft *draft = talloc_zero(owner, struct draft);
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *(*const writers[])(TALLOC_CTX *, const struct comparison *) = {write_one_by_one, write_at_once};
    const char *reason = "there is no statement for it";
    bool ok = true;
    if (!draft)
        abort();
    for (size_t i = 0; i < countof(writers) && ok && !draft->body; i++) {
        const char *text = writers[i](memory, comparison);
        enum proof_verdict verdict = PROOF_FAILED;
        if (!text)
            continue;
        ok = proof_try(memory, comparison, options, text, &verdict, &reason, error);
        if (ok && verdict == PROOF_STANDS) {
            draft->body = talloc_strdup(draft, text);
            ok = measure_draft(draft, comparison, options, text, &draft->measured, error);
        }
    }
    if (ok && !draft->body) {
        ok = error_set(error, ERROR_INTERNAL, "no migration can be made of the difference: %s", reason);
        error_hint(error,
                   "\"pgdeck diff --sql migrations models\" prints the script, to be brought into shape by hand.");
    }
    draft->statement_count = comparison->script->count;
    draft->loses_data = comparison->script->loses_data;
    talloc_free(memory);
    if (ok)
        return draft;
    talloc_free(draft);
    return NULL;
}
