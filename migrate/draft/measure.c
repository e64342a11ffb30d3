/* See measure.h. The strongest lock on each relation over all statements; each hazard once. */
#include "migrate/draft/measure.h"

#include "migrate/hazard.h"
#include "migrate/trace.h"
#include "store/text.h"

#define FILE_NAME "1_draft.sql"

enum { ITEMS_MOST = 40 };

struct list {
    TALLOC_CTX *memory;
    char *text;
    size_t count, left_out;
};

static void add(struct list *list, const char *item)
{
    char *line = text_sanitise(list->memory, item, strlen(item), TEXT_ONE_LINE);
    char *whole = talloc_asprintf(list->memory, "- %s\n", line);
    if (strstr(list->text, whole))
        return; /* said already, of another statement */
    if (list->count++ < ITEMS_MOST)
        list->text = talloc_strdup_append_buffer(list->text, whole);
    else
        list->left_out++;
}

static enum lock_mode strongest(const struct plan_step *step, const char *relation)
{
    enum lock_mode mode = LOCK_NONE;
    for (size_t i = 0; i < step->file->statements.count; i++)
        for (size_t k = 0; k < step->facts[i].lock_count; k++)
            if (!strcmp(step->facts[i].locks[k].relation, relation) && step->facts[i].locks[k].mode > mode)
                mode = step->facts[i].locks[k].mode;
    return mode;
}

static void add_locks(struct list *list, const struct plan_step *step)
{
    for (size_t i = 0; i < step->file->statements.count; i++) {
        const struct facts *facts = &step->facts[i];
        if (facts->source == FACTS_UNKNOWN)
            add(list, talloc_asprintf(list->memory, "The statement in line %d of the SQL was not measured: %s",
                                      step->file->statements.items[i].line, facts->reason ? facts->reason : "unknown"));
        for (size_t k = 0; k < facts->lock_count; k++)
            if (facts->locks[k].mode > LOCK_ACCESS_SHARE)
                add(list, talloc_asprintf(list->memory, "%s: %s", facts->locks[k].relation,
                                          lock_mode_name(strongest(step, facts->locks[k].relation))));
    }
    if (!list->count)
        add(list, "No lock on what existed before, but for reading.");
}

/* Without the size of the table in scratch, which has no rows. */
static const char *without_size(TALLOC_CTX *memory, const char *message)
{
    static const char size[] = " (empty)";
    const char *found = strstr(message, size);
    if (!found)
        return message;
    return talloc_asprintf(memory, "%.*s%s", (int)(found - message), message, found + strlen(size));
}

static void add_hazards(struct list *list, const struct plan_step *step)
{
    for (size_t i = 0; step->hazards && i < step->file->statements.count; i++)
        for (size_t k = 0; k < step->hazards[i].count; k++) {
            const struct hazard *hazard = &step->hazards[i].items[k];
            if (hazard->kind != &hazard_kinds[HAZARD_unknown])
                add(list, talloc_asprintf(list->memory, "Hazard %s (%s)%s%s: %s", hazard->kind->id,
                                          hazard_danger_name(hazard->kind->danger), *hazard->object ? ", " : "",
                                          hazard->object, without_size(list->memory, hazard->message)));
        }
}

static const char *words_of(TALLOC_CTX *owner, TALLOC_CTX *memory, const struct plan_step *step)
{
    struct list list = {.memory = memory, .text = talloc_strdup(memory, "")};
    add_locks(&list, step);
    add_hazards(&list, step);
    if (list.left_out)
        list.text = talloc_asprintf_append_buffer(list.text, "- %zu more: `pgdeck plan` shows them.\n", list.left_out);
    return talloc_strdup(owner, list.text);
}

bool measure_draft(TALLOC_CTX *owner, const struct comparison *comparison, const struct compare_options *options,
                   const char *text, const char **measured, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct cancel *cancel = options->mirror.cancel;
    struct error *failure = error_new(memory);
    struct migration_file *file = file_parse(memory, FILE_NAME, FILE_NAME, text, strlen(text), failure);
    struct scratch_database *database =
        file ? scratch_copy(memory, comparison->from->replay->database, cancel, failure) : NULL;
    const struct plan *plan = database ? trace_file(database, file, database, cancel, failure) : NULL;
    bool is_cancelled = !plan && cancel_is_requested(cancel);
    if (plan)
        *measured = words_of(owner, memory, &plan->steps[0]);
    if (is_cancelled)
        error_copy(error, failure);
    talloc_free(memory);
    return !is_cancelled;
}
