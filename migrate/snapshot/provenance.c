/* See provenance.h. */
#include "migrate/snapshot/provenance.h"

#include <fnmatch.h>

#include "migrate/ledger.h"
#include "store/sql.h"

enum reason { REASON_NONE, REASON_EXTENSION, REASON_OWN, REASON_IGNORED, REASON_COUNT };

static const char *const reason_texts[REASON_COUNT] = {
    [REASON_EXTENSION] = "members of extensions",
    [REASON_OWN] = "ledger and journal",
    [REASON_IGNORED] = "ignored by pgdeck.yaml",
};

struct member {
    int64_t class_id, object_id;
};

struct sieve {
    struct member *members; /* of extensions; sorted */
    size_t member_count;
    const struct settings_ignore *ignores;
    size_t ignore_count;
    struct ledger_names own; /* NULLs: none is */
    enum reason *reasons;    /* by position */
    bool *is_known;
};

static int compare_members(const void *one, const void *other)
{
    const struct member *a = one, *b = other;
    int order = (a->class_id > b->class_id) - (a->class_id < b->class_id);
    return order ? order : (a->object_id > b->object_id) - (a->object_id < b->object_id);
}

static void gather_members(struct sieve *sieve, TALLOC_CTX *owner, const struct link_edge *edges, size_t count)
{
    sieve->members = talloc_zero_size(owner, (count + 1) * sizeof *sieve->members);
    if (!sieve->members)
        abort();
    for (size_t i = 0; i < count; i++)
        if (*edges[i].type == 'e')
            sieve->members[sieve->member_count++] = (struct member){edges[i].class_id, edges[i].object_id};
    qsort(sieve->members, sieve->member_count, sizeof *sieve->members, compare_members);
}

static bool is_ignored(const struct sieve *sieve, const struct object *object)
{
    bool result = false;
    for (size_t i = 0; i < sieve->ignore_count; i++)
        if (!fnmatch(sieve->ignores[i].kind, object->kind->name, 0) &&
            !fnmatch(sieve->ignores[i].name, object->identity, 0))
            result = !sieve->ignores[i].takes_back;
    return result;
}

/* `quoted` as quote_ident has it. */
static bool is_name(const char *quoted, const char *name)
{
    if (*quoted != '"')
        return !strcmp(quoted, name);
    TALLOC_CTX *memory = talloc_new(NULL);
    bool result = !strcmp(quoted, sql_identifier(memory, name));
    talloc_free(memory);
    return result;
}

static bool is_own(const struct sieve *sieve, const struct object *object)
{
    const struct ledger_names *own = &sieve->own;
    if (!own->ledger || object->parent || !kind_same_text(object->schema, own->schema) ||
        strcmp(object->kind->name, "table") != 0)
        return false;
    return is_name(object->name, own->ledger) || is_name(object->name, own->journal);
}

static enum reason judge(struct sieve *sieve, const struct object *object)
{
    if (sieve->is_known[object->position])
        return sieve->reasons[object->position];
    const struct member key = {object->class_id, object->object_id};
    enum reason reason = REASON_NONE;
    if (bsearch(&key, sieve->members, sieve->member_count, sizeof key, compare_members))
        reason = REASON_EXTENSION;
    else if (is_own(sieve, object))
        reason = REASON_OWN;
    else if (is_ignored(sieve, object))
        reason = REASON_IGNORED;
    else if (object->parent_object)
        reason = judge(sieve, object->parent_object);
    sieve->is_known[object->position] = true;
    return sieve->reasons[object->position] = reason;
}

static void add_counts(struct snapshot *snapshot, const size_t *counts, const char *const *examples)
{
    struct snapshot_count *all =
        talloc_zero_size(snapshot, (snapshot->left_out_count + REASON_COUNT) * sizeof *snapshot->left_out);
    if (!all)
        abort();
    size_t count = 0;
    for (size_t i = REASON_NONE + 1; i < REASON_COUNT; i++)
        if (counts[i])
            all[count++] = (struct snapshot_count){reason_texts[i], (int64_t)counts[i], examples[i]};
    for (size_t i = 0; i < snapshot->left_out_count; i++)
        all[count++] = snapshot->left_out[i];
    snapshot->left_out = all;
    snapshot->left_out_count = count;
}

static void sift(struct snapshot *snapshot, const enum reason *reasons)
{
    size_t counts[REASON_COUNT] = {0}, kept = 0;
    const char *examples[REASON_COUNT] = {NULL};
    for (size_t id = 0, i = 0; id < KIND_COUNT; id++) {
        snapshot->first[id] = kept;
        for (; i < snapshot->count && snapshot->objects[i]->kind == kinds[id]; i++) {
            struct object *object = snapshot->objects[i];
            enum reason reason = reasons[i];
            if (reason == REASON_NONE)
                snapshot->objects[kept++] = object;
            else if (!counts[reason]++)
                examples[reason] = object->identity;
        }
    }
    snapshot->first[KIND_COUNT] = snapshot->count = kept;
    snapshot_number(snapshot);
    add_counts(snapshot, counts, examples);
}

void provenance_leave_out(struct snapshot *snapshot, const struct settings *settings, const struct link_edge *edges,
                          size_t count)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct sieve sieve = {
        .reasons = talloc_zero_size(memory, (snapshot->count + 1) * sizeof *sieve.reasons),
        .is_known = talloc_zero_size(memory, (snapshot->count + 1) * sizeof *sieve.is_known),
    };
    if (!sieve.reasons || !sieve.is_known)
        abort();
    if (settings) {
        sieve.ignores = settings_ignores(settings, &sieve.ignore_count);
        if (!ledger_names(memory, settings_text(settings, SETTING_ledger), &sieve.own, error_new(memory)))
            sieve.own = (struct ledger_names){0}; /* whoever opens the ledger says so */
    }
    gather_members(&sieve, memory, edges, count);
    for (size_t i = 0; i < snapshot->count; i++)
        judge(&sieve, snapshot->objects[i]);
    sift(snapshot, sieve.reasons);
    talloc_free(memory);
}
