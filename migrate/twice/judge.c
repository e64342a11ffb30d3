/* See closely.h: from states to findings. What differs in the end counts; the steps in between only say who did it. */
#include <inttypes.h>
#include <strings.h>

#include "migrate/diff.h"
#include "migrate/twice/closely.h"

struct judgement {
    const struct close_evidence *evidence;
    struct findings *findings;
    TALLOC_CTX *memory;
    const struct diff **diffs; /* by step: what it changed in the catalog; NULL: nothing */
    const char **settled;      /* identities of tables of which enough is said; NULL-terminated */
    size_t settled_count;
};

static const struct diff_options everything = {.privileges = PRIVILEGES_COMPARED};

/* ---- helpers ---- */

static const struct snapshot *last_snapshot(const struct close_evidence *evidence)
{
    for (size_t i = evidence->step_count; i-- > 0;)
        if (evidence->steps[i].snapshot)
            return evidence->steps[i].snapshot;
    return evidence->snapshot;
}

static const struct look_files *last_files(const struct close_evidence *evidence)
{
    for (size_t i = evidence->step_count; i-- > 0;)
        if (evidence->steps[i].files)
            return evidence->steps[i].files;
    return &evidence->files;
}

static void settle(struct judgement *judgement, const char *identity)
{
    judgement->settled =
        talloc_realloc(judgement->memory, judgement->settled, const char *, (unsigned)judgement->settled_count + 1);
    judgement->settled[judgement->settled_count++] = identity;
}

static bool is_settled(const struct judgement *judgement, const char *identity)
{
    for (size_t i = 0; identity && i < judgement->settled_count; i++)
        if (!strcmp(judgement->settled[i], identity))
            return true;
    return false;
}

/* The first word of the statement of a step. */
static bool begins_with(const struct judgement *judgement, size_t statement, const char *word)
{
    const char *first = NULL;
    TALLOC_CTX *memory = talloc_new(NULL);
    bool is_it = statement_words(memory, &judgement->evidence->file->statements.items[statement], &first, 1) == 1 &&
                 !strcmp(first, word);
    talloc_free(memory);
    return is_it;
}

static void find(struct judgement *judgement, size_t statement, enum twice_what what, const char *object,
                 const char *message)
{
    findings_add(judgement->findings, judgement->evidence->file, statement, what, object, message);
}

/* ---- objects that came, went, are others ---- */

static void make_diffs(struct judgement *judgement)
{
    const struct close_evidence *evidence = judgement->evidence;
    const struct snapshot *before = evidence->snapshot;
    judgement->diffs = talloc_zero_array(judgement->memory, const struct diff *, (unsigned)evidence->step_count + 1);
    for (size_t i = 0; i < evidence->step_count; i++)
        if (evidence->steps[i].snapshot) {
            judgement->diffs[i] = diff_make(judgement->memory, before, evidence->steps[i].snapshot, &everything);
            before = evidence->steps[i].snapshot;
        }
}

static bool is_same_text(const char *one, const char *other)
{
    return one && other ? !strcmp(one, other) : one == other;
}

static bool holds_change(const struct diff *diff, const struct change *change, bool is_strict)
{
    for (size_t i = 0; diff && i < diff->change_count; i++) {
        const struct change *other = &diff->changes[i];
        if (other->kind == change->kind && !strcmp(other->name, change->name) &&
            (!is_strict || (other->action == change->action && is_same_text(other->attribute, change->attribute))))
            return true;
    }
    return false;
}

/* The last statement that did just this, else the last that did anything to the object. */
static size_t guilty_of(const struct judgement *judgement, const struct change *change)
{
    const struct close_evidence *evidence = judgement->evidence;
    for (int strict = 1; strict >= 0; strict--)
        for (size_t i = evidence->step_count; i-- > 0;)
            if (holds_change(judgement->diffs[i], change, strict))
                return evidence->steps[i].statement;
    return evidence->step_count ? evidence->steps[evidence->step_count - 1].statement : 0;
}

static const char *words_of(TALLOC_CTX *owner, const struct change *change)
{
    const char *title = change->kind->title;
    switch (change->action) {
    case CHANGE_CREATE:
        return talloc_asprintf(owner, "the second run makes another %s: %s", title, change->name);
    case CHANGE_DROP:
        return talloc_asprintf(owner, "the second run drops the %s %s", title, change->name);
    case CHANGE_RENAME:
        return talloc_asprintf(owner, "the second run renames the %s %s", title, change->name);
    case CHANGE_ALTER:
    case CHANGE_REPLACE:
        break;
    }
    return talloc_asprintf(owner, "the second run changes the %s %s: %s was %s and is %s", title, change->name,
                           change->attribute ? change->attribute : "definition",
                           change->from ? change->from : "not set", change->to ? change->to : "not set");
}

static void judge_changes(struct judgement *judgement)
{
    const struct close_evidence *evidence = judgement->evidence;
    const struct diff *net = diff_make(judgement->memory, evidence->snapshot, last_snapshot(evidence), &everything);
    for (size_t i = 0; i < net->change_count; i++) {
        const struct change *change = &net->changes[i];
        find(judgement, guilty_of(judgement, change), TWICE_CHANGED, change->name, words_of(judgement->memory, change));
        settle(judgement, change->name);
    }
}

/* ---- what was dropped and made anew ---- */

static bool is_same_object(const struct object *one, const struct object *other)
{
    return one && other && one->object_id == other->object_id && one->sub_id == other->sub_id;
}

/* The first statement behind which it is no longer the one that it was. */
static size_t who_dropped(const struct judgement *judgement, enum kind_id kind, const struct object *object)
{
    const struct close_evidence *evidence = judgement->evidence;
    for (size_t i = 0; i < evidence->step_count; i++)
        if (evidence->steps[i].snapshot &&
            !is_same_object(object, snapshot_find(evidence->steps[i].snapshot, kind, object->identity)))
            return evidence->steps[i].statement;
    return 0;
}

static bool is_told_with_another(const struct judgement *judgement, const struct object *object)
{
    const struct kind *kind = object->kind;
    return (object->parent && is_settled(judgement, object->parent)) ||
           (kind->is_implied && kind->is_implied(object)) ||
           (object->parent_object && object->parent_object->kind != kinds[KIND_table]);
}

static void judge_identities(struct judgement *judgement, enum kind_id kind)
{
    const struct snapshot *before = judgement->evidence->snapshot, *after = last_snapshot(judgement->evidence);
    size_t remade = judgement->settled_count;
    for (size_t i = before->first[kind]; i < before->first[kind + 1]; i++) {
        const struct object *object = before->objects[i];
        const struct object *now = snapshot_find(after, kind, object->identity);
        if (!now || is_same_object(object, now) || is_told_with_another(judgement, object) ||
            (kind == KIND_sequence && remade > 0))
            continue;
        find(judgement, who_dropped(judgement, kind, object), TWICE_REMADE, object->identity,
             talloc_asprintf(judgement->memory, "the second run drops the %s %s and makes it anew, empty",
                             object->kind->title, object->identity));
        settle(judgement, object->identity);
    }
    for (size_t i = before->first[kind]; i < before->first[kind + 1]; i++) /* its rows read otherwise now */
        if (before->objects[i]->parent && is_settled(judgement, before->objects[i]->identity))
            settle(judgement, before->objects[i]->parent);
}

/* ---- rows ---- */

/* A table's file is new and its rows were not carried over. */
static bool holds_word(const struct judgement *judgement, size_t statement, const char *word)
{
    const struct statement *text = &judgement->evidence->file->statements.items[statement];
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= text->size_bytes; i++)
        if (!strncasecmp(text->text + i, word, length))
            return true;
    return false;
}

static void judge_file(struct judgement *judgement, const struct look_file *before)
{
    const struct close_evidence *evidence = judgement->evidence;
    int64_t file = before->file;
    for (size_t i = 0; i < evidence->step_count; i++) {
        const struct close_step *step = &evidence->steps[i];
        const struct look_file *now = step->files ? look_find_file(step->files, before->oid) : NULL;
        if (!now || now->file == file)
            continue;
        file = now->file;
        if (!holds_word(judgement, step->statement, "truncate"))
            continue;
        find(judgement, step->statement, TWICE_EMPTIED, before->name,
             talloc_asprintf(judgement->memory, "the second run empties %s again", before->name));
        settle(judgement, before->name);
        return;
    }
}

static void judge_files(struct judgement *judgement)
{
    const struct look_files *before = &judgement->evidence->files, *after = last_files(judgement->evidence);
    for (size_t i = 0; i < before->count; i++) {
        const struct look_file *now = look_find_file(after, before->items[i].oid);
        if (now && now->file != before->items[i].file && !is_settled(judgement, before->items[i].name))
            judge_file(judgement, &before->items[i]);
    }
}

static bool is_same_rows(const struct look_rows *one, const struct look_rows *other)
{
    return one->total == other->total && !strcmp(one->digest, other->digest);
}

/* The last statement behind which the table held other rows than behind the one before. */
static size_t who_wrote(const struct judgement *judgement, const struct look_rows *before)
{
    const struct close_evidence *evidence = judgement->evidence;
    const struct look_rows *last = before;
    size_t guilty = evidence->steps[evidence->step_count - 1].statement;
    for (size_t i = 0; i < evidence->step_count; i++) {
        const struct look_rows *now = look_find_rows(&evidence->steps[i].state, before->oid);
        if (now && !is_same_rows(last, now))
            guilty = evidence->steps[i].statement;
        last = now ? now : last;
    }
    return guilty;
}

static const char *rows_words(TALLOC_CTX *owner, const struct look_rows *before, const struct look_rows *after)
{
    int64_t more = after->total - before->total;
    if (more == 0)
        return talloc_asprintf(owner, "the second run writes other values into rows of %s", after->name);
    return talloc_asprintf(owner, "the second run %s %" PRId64 " row%s %s %s", more > 0 ? "adds" : "takes",
                           more > 0 ? more : -more, more == 1 || more == -1 ? "" : "s", more > 0 ? "to" : "from",
                           after->name);
}

static void judge_rows(struct judgement *judgement)
{
    const struct close_evidence *evidence = judgement->evidence;
    if (!evidence->step_count)
        return;
    const struct close_step *last = &evidence->steps[evidence->step_count - 1];
    for (size_t i = 0; i < last->state.table_count; i++) {
        const struct look_rows *after = &last->state.tables[i];
        const struct look_rows *before = look_find_rows(&evidence->state, after->oid);
        if (!before || is_same_rows(before, after) || is_settled(judgement, before->name))
            continue;
        size_t guilty = who_wrote(judgement, before);
        if (before->total == after->total && findings_has(judgement->findings, evidence->file, guilty, TWICE_CHANGED))
            continue; /* a column came or went, and so each row reads otherwise */
        find(judgement, guilty, TWICE_ROWS, before->name, rows_words(judgement->memory, before, after));
    }
}

/* ---- sequences ---- */

static bool is_same_place(const struct look_sequence *one, const struct look_sequence *other)
{
    return one->last_value == other->last_value && one->is_called == other->is_called;
}

/* A row that was refused, or met a conflict, has taken a number: that leaves a gap and nothing else. Told is what goes
 * back, and what a statement does that is there for it. */
static void judge_sequence(struct judgement *judgement, const struct look_sequence *before)
{
    const struct close_evidence *evidence = judgement->evidence;
    const struct look_sequence *last = before;
    size_t guilty = 0;
    for (size_t i = 0; i < evidence->step_count; i++) {
        const struct look_sequence *now = look_find_sequence(&evidence->steps[i].sequences, before->oid);
        if (!now || is_same_place(last, now))
            continue;
        last = now;
        guilty = evidence->steps[i].statement;
    }
    bool goes_back = last->last_value < before->last_value;
    bool is_meant = begins_with(judgement, guilty, "SELECT") || begins_with(judgement, guilty, "ALTER");
    if (is_same_place(before, last) || is_settled(judgement, before->name) || (!goes_back && !is_meant) ||
        findings_has(judgement->findings, evidence->file, guilty, TWICE_ROWS))
        return;
    find(judgement, guilty, TWICE_SEQUENCE, before->name,
         talloc_asprintf(judgement->memory, "the second run moves the sequence %s from %" PRId64 " to %" PRId64,
                         before->name, before->last_value, last->last_value));
}

void closely_judge(const struct close_evidence *evidence, struct findings *findings)
{
    struct judgement judgement = {.evidence = evidence, .findings = findings, .memory = talloc_new(NULL)};
    size_t first = findings->count;
    for (size_t i = 0; i < evidence->refusal_count; i++)
        findings_add_refusal(findings, evidence->file, evidence->refusals[i].statement, evidence->refusals[i].sqlstate,
                             evidence->refusals[i].message);
    if (evidence->snapshot) {
        make_diffs(&judgement);
        judge_changes(&judgement);
        judge_identities(&judgement, KIND_table);
        judge_identities(&judgement, KIND_column);
        judge_identities(&judgement, KIND_sequence);
        judge_files(&judgement);
    }
    judge_rows(&judgement);
    for (size_t i = 0; i < evidence->sequences.count; i++)
        judge_sequence(&judgement, &evidence->sequences.items[i]);
    findings_sort(findings, first);
    talloc_free(judgement.memory);
}
