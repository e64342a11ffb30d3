/* See hazard.h. The rules stand in hazards/rules.c, the safe ways in hazards/advice.c; here is what they have in
 * common: weighing by size, and what somebody has allowed. */
#include "migrate/hazard.h"

#include "migrate/hazards/ruling.h"
#include "store/suggest.h"

#define SMALL_BYTES (8LL << 20) /* read or written within a moment */
#define SMALL_ROWS 100000

const struct hazard_kind hazard_kinds[HAZARD_COUNT] = {
#define HAZARD(name, id, danger, weight, what) [HAZARD_##name] = {id, DANGER_##danger, WEIGHT_##weight, what},
#include "migrate/hazards.def"
#undef HAZARD
};

const char *hazard_danger_name(enum hazard_danger danger)
{
    static const char *const names[] = {
        [DANGER_LOW] = "low", [DANGER_MEDIUM] = "medium", [DANGER_HIGH] = "high", [DANGER_CRITICAL] = "critical"};
    return names[danger];
}

const struct hazard_kind *hazard_find(const char *id)
{
    for (size_t i = 0; i < HAZARD_COUNT; i++)
        if (!strcmp(hazard_kinds[i].id, id))
            return &hazard_kinds[i];
    return NULL;
}

/* ---- the target ---- */

const struct hazard_size *ruling_size(const struct ruling *ruling, const char *relation)
{
    size_t first = 0, end = ruling->sizes->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        int order = strcmp(ruling->sizes->items[middle].relation, relation);
        if (order == 0)
            return &ruling->sizes->items[middle];
        if (order < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

bool ruling_is_there(const struct ruling *ruling, const char *relation) { return ruling_size(ruling, relation); }

/* ---- names and words ---- */

const char *ruling_last_of(const char *name)
{
    const char *last = name;
    bool is_quoted = false;
    for (const char *at = name; *at; at++) {
        is_quoted = is_quoted != (*at == '"');
        if (*at == '.' && !is_quoted)
            last = at + 1;
    }
    return last;
}

const char *ruling_table_of(const struct ruling *ruling, const char *name)
{
    const char *last = ruling_last_of(name);
    return last == name ? "" : talloc_strndup(ruling->owner, name, (size_t)(last - name - 1));
}

static bool stands_at(const struct ruling *ruling, size_t at, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, " ");
        if (at == ruling->word_count || strlen(ruling->words[at]) != length ||
            strncmp(ruling->words[at], words, length) != 0)
            return false;
        words += length + (words[length] == ' ');
        at++;
    }
    return true;
}

bool ruling_begins(const struct ruling *ruling, const char *words) { return stands_at(ruling, 0, words); }

bool ruling_has_phrase(const struct ruling *ruling, const char *words)
{
    for (size_t i = 0; i < ruling->word_count; i++)
        if (stands_at(ruling, i, words))
            return true;
    return false;
}

bool ruling_has(const struct ruling *ruling, const char *word)
{
    for (size_t i = 0; i < ruling->word_count; i++)
        if (!strcmp(ruling->words[i], word))
            return true;
    return false;
}

enum lock_mode ruling_lock_of(const struct facts *facts, const char *relation)
{
    for (size_t i = 0; i < facts->lock_count; i++)
        if (!strcmp(facts->locks[i].relation, relation))
            return facts->locks[i].mode;
    return LOCK_NONE;
}

/* ---- what is found ---- */

/* The table that an object is, or is a part of, as large as it is on the target. */
static const struct hazard_size *size_of(const struct ruling *ruling, const char *object)
{
    const struct hazard_size *size = ruling_size(ruling, object);
    return size ? size : ruling_size(ruling, ruling_table_of(ruling, object));
}

void ruling_add(struct ruling *ruling, enum hazard_id id, const char *object, const char *advice, const char *format,
                ...)
{
    struct hazard_list *found = ruling->found;
    const struct hazard_kind *kind = &hazard_kinds[id];
    const struct hazard_size *size = size_of(ruling, ruling->weighed ? ruling->weighed : object);
    ruling->weighed = NULL;
    struct hazard hazard = {.kind = kind, .danger = kind->danger, .advice = advice};
    va_list arguments;
    va_start(arguments, format);
    hazard.message = talloc_vasprintf(ruling->owner, format, arguments);
    va_end(arguments);
    hazard.object = talloc_strdup(ruling->owner, object);
    hazard.size = size;
    if ((id == HAZARD_unnamed_lock || id == HAZARD_detach) && size && size->since)
        hazard.message =
            talloc_asprintf(ruling->owner, "%s (%s)", hazard.message, hazard_use_words(ruling->owner, size));
    if (kind->weight == WEIGHT_BY_SIZE && size) {
        bool is_small = size->bytes < SMALL_BYTES && size->rows < SMALL_ROWS;
        const char *use = is_small ? "" : hazard_use_words(ruling->owner, size);
        if (is_small)
            hazard.danger = DANGER_LOW;
        hazard.message = talloc_asprintf(ruling->owner, "%s (%s%s%s)", hazard.message,
                                         hazard_size_words(ruling->owner, size), *use ? "; " : "", use);
    }
    found->items = talloc_realloc(ruling->owner, found->items, struct hazard, (unsigned)found->count + 1);
    found->items[found->count++] = hazard;
}

/* ---- what is allowed ---- */

static bool is_object(const char *object, const char *given)
{
    size_t length = strlen(object), given_length = strlen(given);
    if (!strcmp(object, given))
        return true;
    return length > given_length && object[length - given_length - 1] == '.' &&
           !strcmp(object + length - given_length, given);
}

bool hazard_check_allowance(const char *allowance, struct error *error)
{
    const char *colon = strchr(allowance, ':');
    const char *ids[HAZARD_COUNT + 1] = {NULL};
    char *id = talloc_strndup(NULL, allowance, colon ? (size_t)(colon - allowance) : strlen(allowance));
    bool is_known = hazard_find(id);
    for (size_t i = 0; i < HAZARD_COUNT; i++)
        ids[i] = hazard_kinds[i].id;
    const char *near = is_known ? NULL : suggest_nearest(id, ids);
    if (!is_known)
        error_set(error, ERROR_USAGE, "there is no hazard \"%s\"", id);
    else if (!colon)
        error_set(error, ERROR_USAGE, "--allow %s does not say of what", id);
    talloc_free(id);
    if (!is_known && near)
        return error_hint(error, "Did you mean %s? `pgdeck plan` shows the hazards by their ids.", near);
    if (!is_known)
        return error_hint(error, "`pgdeck plan` shows the hazards by their ids.");
    return colon || error_hint(error, "Give it as --allow HAZARD:OBJECT, as `pgdeck plan` shows them.");
}

static const char *allowed_by(const struct ruling *ruling, const struct hazard *hazard, const char *const *allow)
{
    const struct migration_file *file = ruling->step->file;
    size_t length = strlen(hazard->kind->id);
    for (size_t i = 0; i < file->allowance_count; i++)
        if (!strcmp(file->allowances[i].hazard, hazard->kind->id))
            return file->allowances[i].reason;
    for (; allow && *allow; allow++)
        if (!strncmp(*allow, hazard->kind->id, length) && (*allow)[length] == ':' &&
            is_object(hazard->object, *allow + length + 1))
            return "--allow";
    return NULL;
}

/* ---- the plan ---- */

static int compare_hazards(const void *one, const void *other)
{
    const struct hazard *a = one, *b = other;
    int order = (int)b->danger - (int)a->danger;
    order = order ? order : strcmp(a->kind->id, b->kind->id);
    return order ? order : strcmp(a->object, b->object);
}

/* Of whom others want something now, or often: the tables that they cannot read or write meanwhile. */
static void note_held(struct ruling *ruling)
{
    const struct facts *facts = ruling->facts;
    const struct hazard_size **held =
        talloc_zero_array(ruling->owner, const struct hazard_size *, (unsigned)facts->lock_count + 1);
    for (size_t i = 0; i < facts->lock_count; i++) {
        char relkind = facts->locks[i].relkind;
        bool is_table = relkind == 'r' || relkind == 'p' || relkind == 'm';
        const struct hazard_size *size = is_table ? ruling_size(ruling, facts->locks[i].relation) : NULL;
        if (size && facts->locks[i].mode >= LOCK_SHARE)
            held[ruling->found->held_count++] = size;
    }
    ruling->found->held = held;
}

static void judge_statement(struct ruling *ruling, const char *const *allow)
{
    ruling->statement = &ruling->step->file->statements.items[ruling->index];
    ruling->facts = &ruling->step->facts[ruling->index];
    ruling->words = talloc_zero_array(ruling->owner, const char *, RULING_WORDS);
    ruling->word_count = statement_words(ruling->owner, ruling->statement, ruling->words, RULING_WORDS);
    for (const ruling_fn *rule = ruling_rules; *rule; rule++)
        (*rule)(ruling);
    note_held(ruling);
    struct hazard_list *found = ruling->found;
    for (size_t i = 0; i < found->count; i++)
        found->items[i].allowed = allowed_by(ruling, &found->items[i], allow);
    if (found->count)
        qsort(found->items, found->count, sizeof *found->items, compare_hazards);
}

void hazard_judge(struct plan *plan, const struct hazard_sizes *sizes, const char *const *allow)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_step *step = &plan->steps[i];
        size_t count = step->file->statements.count;
        if (!step->facts)
            continue;
        struct hazard_list *hazards = talloc_zero_array(plan, struct hazard_list, (unsigned)count + 1);
        for (size_t j = step->first_statement; j < count; j++) {
            struct ruling ruling = {.owner = hazards, .step = step, .index = j, .sizes = sizes, .found = &hazards[j]};
            judge_statement(&ruling, allow);
        }
        step->hazards = hazards;
    }
}

static bool list_loses_data(const struct hazard_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].kind->weight == WEIGHT_DATA && !list->items[i].allowed)
            return true;
    return false;
}

bool hazard_loses_data(const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        for (size_t j = 0; plan->steps[i].hazards && j < plan->steps[i].file->statements.count; j++)
            if (list_loses_data(&plan->steps[i].hazards[j]))
                return true;
    return false;
}
