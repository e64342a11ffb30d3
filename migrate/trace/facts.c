/* From two states of a database to the facts of the statement between them: pure. See parts.h. */
#include <ctype.h>

#include "migrate/trace/parts.h"

/* ---- lists that grow ---- */

static void *grow(TALLOC_CTX *owner, const void *items, size_t *count, size_t size_bytes)
{
    void *list = (void *)(uintptr_t)items;
    list = talloc_realloc_size(owner, list, (*count + 1) * size_bytes);
    if (!list)
        abort();
    return (char *)list + (*count)++ * size_bytes;
}

/* Appends a value to facts->LIST, counted by facts->COUNT. */
#define ADD(facts, list, count, ...)                                                                                   \
    do {                                                                                                               \
        void *slot_ = grow((facts), (facts)->list, &(facts)->count, sizeof *(facts)->list);                            \
        (facts)->list = (void *)((char *)slot_ - ((facts)->count - 1) * sizeof *(facts)->list);                        \
        memcpy(slot_, &(__VA_ARGS__), sizeof *(facts)->list);                                                          \
    } while (0)

static const char *copy(struct facts *facts, const char *text) { return text ? talloc_strdup(facts, text) : NULL; }

/* ---- names in a text ---- */

static bool is_word(char byte) { return isalnum((unsigned char)byte) || byte == '_' || byte == '$' || (byte & 0x80); }

static bool holds_word(const struct statement *statement, const char *name)
{
    size_t length = strlen(name);
    const char *text = statement->text;
    for (size_t i = 0; length > 0 && i + length <= statement->size_bytes; i++) {
        if (strncasecmp(text + i, name, length) != 0)
            continue;
        bool begins = i == 0 || !is_word(text[i - 1]);
        bool ends = i + length == statement->size_bytes || !is_word(text[i + length]);
        if (begins && ends)
            return true;
    }
    return false;
}

/* Quotes in a name are doubled in the text. */
bool trace_names(const struct statement *statement, const char *name)
{
    if (!strchr(name, '"'))
        return holds_word(statement, name);
    char *doubled = talloc_strdup(NULL, "");
    for (; *name; name++)
        doubled = talloc_asprintf_append_buffer(doubled, "%s%c", *name == '"' ? "\"" : "", *name);
    bool is_named = holds_word(statement, doubled);
    talloc_free(doubled);
    return is_named;
}

bool trace_begins(const struct statement *statement, const char *word)
{
    size_t length = strlen(word);
    return statement->size_bytes >= length && strncasecmp(statement->text, word, length) == 0 &&
           (statement->size_bytes == length || !is_word(statement->text[length]));
}

/* ---- relations ---- */

static enum lock_mode strongest(const char *locks)
{
    enum lock_mode most = LOCK_NONE;
    char name[64];
    while (*locks) {
        size_t length = strcspn(locks, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, locks);
        enum lock_mode mode = lock_mode_parse(name);
        most = mode > most ? mode : most;
        locks += length + (locks[length] == ' ');
    }
    return most;
}

static enum lock_mode sighted(const struct trace_seen *seen, int64_t id)
{
    enum lock_mode most = LOCK_NONE;
    for (size_t i = 0; i < seen->sighting_count; i++)
        if (seen->sightings[i].id == id && seen->sightings[i].mode > most)
            most = seen->sightings[i].mode;
    return most;
}

/* The least that a table is locked by whose index is built anew: REINDEX in its place, or CONCURRENTLY beside it. */
static enum lock_mode reindexed(const struct trace_seen *seen, const struct trace_relation *table)
{
    enum lock_mode most = LOCK_NONE;
    for (size_t i = 0; i < seen->before->count; i++) {
        const struct trace_relation *index = &seen->before->items[i];
        const struct trace_relation *after = trace_find_relation(seen->after, index->id);
        if (index->table_id != table->id || index->id == table->id || index->kind[0] != 'i')
            continue;
        enum lock_mode mode = !after                       ? LOCK_SHARE_UPDATE_EXCLUSIVE
                              : after->file != index->file ? LOCK_SHARE
                                                           : LOCK_NONE;
        most = mode > most ? mode : most;
    }
    return most;
}

/* What happens too fast outside a transaction to be seen each time. An index that goes CONCURRENTLY is locked more
 * strongly only when nobody uses it any more. Source: index_drop, ATExecDetachPartition. */
static enum lock_mode known_outside(const struct trace_seen *seen, const struct trace_relation *before,
                                    const struct trace_relation *after, enum lock_mode mode)
{
    bool is_detached = trace_begins(seen->statement, "ALTER") && trace_names(seen->statement, "DETACH") &&
                       before->kind[0] == 'r' && trace_names(seen->statement, before->name);
    bool is_index = before->kind[0] == 'i';
    if (!after && is_index && trace_names(seen->statement, "CONCURRENTLY"))
        return LOCK_SHARE_UPDATE_EXCLUSIVE;
    if (after && after->file != before->file && before->kind[0] != 'S')
        return LOCK_ACCESS_EXCLUSIVE; /* a new file is put in its place */
    if (is_index && trace_begins(seen->statement, "VACUUM") && sighted(seen, before->table_id) != LOCK_NONE)
        return mode > LOCK_ROW_EXCLUSIVE ? mode : LOCK_ROW_EXCLUSIVE;
    enum lock_mode least = is_index ? LOCK_NONE : reindexed(seen, before);
    mode = least > mode ? least : mode;
    return is_detached ? LOCK_ACCESS_EXCLUSIVE : mode;
}

/* The names that count are those of before: of what is dropped there are no others. */
static void add_locks(struct facts *facts, const struct trace_seen *seen, const struct trace_relation *before,
                      const struct trace_relation *after)
{
    enum lock_mode mode = seen->from == SEEN_OUTSIDE ? sighted(seen, before->id) : strongest(after ? after->locks : "");
    if (!after && seen->from != SEEN_OUTSIDE)
        mode = LOCK_ACCESS_EXCLUSIVE; /* a drop takes no less, and what is dropped is in no catalog */
    else if (seen->from == SEEN_OUTSIDE)
        mode = known_outside(seen, before, after, mode);
    const struct trace_relation *table = trace_find_relation(seen->before, before->table_id);
    const char *name = before->kind[0] == 'i' && table ? table->name : before->name;
    struct fact_lock lock = {
        .relation = copy(facts, before->relation),
        .relkind = before->kind[0],
        .mode = mode,
        .is_unnamed = !trace_names(seen->statement, before->name) && !trace_names(seen->statement, name),
    };
    /* What earlier statements hold is told of those alone that name it. */
    bool is_old = seen->from == SEEN_TOGETHER && lock.is_unnamed && after && strongest(before->locks) >= mode;
    if (mode != LOCK_NONE && !is_old)
        ADD(facts, locks, lock_count, lock);
}

static int64_t scans_of(const struct trace_relations *relations, const struct trace_relation *relation)
{
    const struct trace_relation *same = trace_find_relation(relations, relation->id);
    return same ? same->scans : 0;
}

/* How often a table is read when its indexes are built anew: an exclusion constraint is checked besides. */
static int64_t build_scans(const struct trace_seen *seen, int64_t id)
{
    int64_t count = 0;
    for (size_t i = 0; i < seen->before->count; i++)
        count += seen->before->items[i].table_id == id && seen->before->items[i].id != id;
    for (size_t i = 0; i < seen->objects_before->count; i++)
        count += seen->objects_before->items[i].relation == id &&
                 !strcmp(seen->objects_before->items[i].kind, "exclusion constraint");
    return count;
}

/* A rewrite reads the old file, and then the new one for each index; TRUNCATE only does the latter. */
static bool is_truncated(const struct trace_seen *seen, const struct trace_relation *before,
                         const struct trace_relation *after)
{
    if (!after || seen->from == SEEN_OUTSIDE || before->kind[0] != 'r' || before->file == after->file ||
        before->space != after->space || before->persistence[0] != after->persistence[0])
        return false;
    for (size_t i = 0; i < seen->before->count; i++) {
        const struct trace_relation *index = &seen->before->items[i];
        if (index->table_id == before->id && index->id != before->id && scans_of(seen->after, index) != index->scans)
            return false; /* CLUSTER reads along an index */
    }
    return after->scans - before->scans <= build_scans(seen, before->id);
}

static bool table_is_truncated(const struct trace_seen *seen, const struct trace_relation *relation)
{
    const struct trace_relation *before = trace_find_relation(seen->before, relation->table_id);
    return before && is_truncated(seen, before, trace_find_relation(seen->after, relation->table_id));
}

static void add_files(struct facts *facts, const struct trace_seen *seen, const struct trace_relation *before,
                      const struct trace_relation *after)
{
    if (!after || before->file == after->file || before->kind[0] == 'S')
        return;
    struct fact_relation fact = {
        .relation = copy(facts, before->relation),
        .relkind = before->kind[0],
        .before = before->file,
        .after = after->file,
    };
    if (is_truncated(seen, before, after))
        ADD(facts, truncated, truncated_count, fact);
    else if (!table_is_truncated(seen, before))
        ADD(facts, rewrites, rewrite_count, fact);
}

static void add_seek(struct facts *facts, const struct trace_seen *seen, const struct trace_relation *before,
                     const struct trace_relation *after)
{
    const struct trace_relation *table = trace_find_relation(seen->before, before->table_id);
    if (!after || before->kind[0] != 'i' || !table || after->scans <= before->scans || seen->from == SEEN_OUTSIDE)
        return;
    struct fact_seek seek = {copy(facts, before->relation), copy(facts, table->relation), before->is_unique};
    ADD(facts, seeks, seek_count, seek);
}

static void add_counters(struct facts *facts, const struct trace_seen *seen, const struct trace_relation *before,
                         const struct trace_relation *after)
{
    if (!after || before->kind[0] == 'i' || before->kind[0] == 'I' || before->kind[0] == 'S')
        return;
    if (seen->from == SEEN_OUTSIDE)
        return;
    struct fact_relation scan = {.relation = copy(facts, before->relation), .relkind = before->kind[0]};
    struct fact_tuples tuples = {
        .relation = scan.relation,
        .inserted = after->inserted - before->inserted,
        .updated = after->updated - before->updated,
        .deleted = after->deleted - before->deleted,
    };
    if (after->scans > before->scans && !is_truncated(seen, before, after))
        ADD(facts, scans, scan_count, scan);
    if (tuples.inserted > 0 || tuples.updated > 0 || tuples.deleted > 0)
        ADD(facts, tuples, tuple_count, tuples);
}

static void add_relations(struct facts *facts, const struct trace_seen *seen)
{
    for (size_t i = 0; i < seen->before->count; i++) {
        const struct trace_relation *before = &seen->before->items[i];
        if (!trace_find_relation(seen->base, before->id))
            continue;
        const struct trace_relation *after = trace_find_relation(seen->after, before->id);
        add_locks(facts, seen, before, after);
        add_files(facts, seen, before, after);
        add_counters(facts, seen, before, after);
        add_seek(facts, seen, before, after);
    }
}

/* ---- scans of statements outside a transaction, whose counters are gone: what was built was read ---- */

static bool is_scanned(const struct facts *facts, const char *relation)
{
    for (size_t i = 0; i < facts->scan_count; i++)
        if (!strcmp(facts->scans[i].relation, relation))
            return true;
    return false;
}

static void add_scan_of(struct facts *facts, const struct trace_seen *seen, int64_t id)
{
    const struct trace_relation *table = trace_find_relation(seen->base, id);
    if (!table || is_scanned(facts, table->relation))
        return;
    struct fact_relation scan = {.relation = copy(facts, table->relation), .relkind = table->kind[0]};
    ADD(facts, scans, scan_count, scan);
}

static bool is_built(const struct trace_seen *seen, const struct trace_relation *after)
{
    const struct trace_relation *before = trace_find_relation(seen->before, after->id);
    bool has_file = after->kind[0] == 'i' || after->kind[0] == 'r' || after->kind[0] == 'm';
    return has_file && (before ? before->file != after->file : after->kind[0] == 'i');
}

static void add_scans_outside(struct facts *facts, const struct trace_seen *seen)
{
    for (size_t i = 0; i < seen->after->count; i++)
        if (is_built(seen, &seen->after->items[i]))
            add_scan_of(facts, seen, seen->after->items[i].table_id);
    for (size_t i = 0; trace_begins(seen->statement, "VACUUM") && i < seen->base->count; i++)
        if (seen->base->items[i].kind[0] == 'r' && sighted(seen, seen->base->items[i].id) != LOCK_NONE)
            add_scan_of(facts, seen, seen->base->items[i].id);
}

/* ---- objects ---- */

/* What a table was made or dropped with is not told by itself. Foreign keys of others have a table of their own. */
static bool goes_with_table(const struct trace_object *object, const struct trace_relations *others)
{
    return object->relation != 0 && !trace_find_relation(others, object->relation);
}

/* What a column's values come from. */
static bool is_source(const struct trace_object *object)
{
    return !strcmp(object->kind, "default") || !strcmp(object->kind, "identity") ||
           !strcmp(object->kind, "generation expression");
}

/* A column's default falls with the column, a label with its type. */
static bool goes_with_column(const struct trace_object *object, const struct trace_objects *others)
{
    if (!is_source(object))
        return false;
    for (size_t i = 0; i < others->count; i++)
        if (!strcmp(others->items[i].kind, "column") && !strcmp(others->items[i].name, object->name))
            return false;
    return true;
}

static bool goes_with_type(const struct trace_object *object, const struct trace_objects *others)
{
    bool is_of_type =
        !strcmp(object->kind, "enum label") || (!strcmp(object->kind, "check constraint") && object->relation == 0);
    if (!is_of_type)
        return false;
    size_t length = strlen(object->name);
    for (size_t i = 0; i < others->count; i++) {
        const struct trace_object *type = &others->items[i];
        size_t type_length = strlen(type->name);
        if ((!strcmp(type->kind, "enum") || !strcmp(type->kind, "domain")) && type_length < length &&
            object->name[type_length] == '.' && !strncmp(type->name, object->name, type_length))
            return false;
    }
    return true;
}

static bool goes_along(const struct trace_object *object, const struct trace_relations *relations,
                       const struct trace_objects *objects)
{
    return goes_with_table(object, relations) || goes_with_column(object, objects) || goes_with_type(object, objects);
}

static bool has_source(const struct trace_objects *objects, const struct trace_object *column)
{
    for (size_t i = 0; i < objects->count; i++)
        if (objects->items[i].relation == column->relation && is_source(&objects->items[i]) &&
            !strcmp(objects->items[i].name, column->name))
            return true;
    return false;
}

static const char *same_index(const struct trace_objects *objects, const struct trace_object *index)
{
    for (size_t i = 0; i < objects->count; i++)
        if (!strcmp(objects->items[i].kind, "index") && objects->items[i].relation == index->relation &&
            !strcmp(objects->items[i].shape, index->shape))
            return objects->items[i].name;
    return NULL;
}

/* A new table's keys are not told by themselves. */
static bool has_bare_key(const struct trace_objects *objects, const struct trace_object *table)
{
    long long id = 0;
    const char *at = strchr(table->id, '.');
    if (at)
        id = strtoll(at + 1, NULL, 10);
    for (size_t i = 0; i < objects->count; i++)
        if (objects->items[i].relation == id && !strcmp(objects->items[i].kind, "foreign key") &&
            *objects->items[i].shape)
            return true;
    return false;
}

/* What a hazard asks for of that which comes. */
static const char *state_of(struct facts *facts, const struct trace_seen *seen, const struct trace_object *object)
{
    const char *same = strcmp(object->kind, "index") ? NULL : same_index(seen->objects_before, object);
    bool is_not_null = !strcmp(object->kind, "column") && !strcmp(object->state, "not null");
    if (same)
        return talloc_asprintf(facts, "the same as %s", same);
    if (is_not_null)
        return has_source(seen->objects_after, object) ? "not null" : "not null without a default";
    if (!strcmp(object->kind, "table")) {
        bool has_bare = has_bare_key(seen->objects_after, object);
        return talloc_asprintf(facts, "%s%s%s", object->shape, *object->shape && has_bare ? ", " : "",
                               has_bare ? "a foreign key without an index" : "");
    }
    bool is_key = !strcmp(object->kind, "foreign key"), is_valid = strcmp(object->state, "not valid") != 0;
    return talloc_asprintf(facts, "%s%s%s", is_valid ? "" : "not valid",
                           !is_valid && is_key && *object->shape ? ", " : "", is_key ? object->shape : "");
}

static struct fact_object fact_of(struct facts *facts, const struct trace_seen *seen, const struct trace_object *object)
{
    return (struct fact_object){
        .kind = copy(facts, object->kind),
        .name = copy(facts, object->name),
        .is_unnamed = !trace_names(seen->statement, object->last),
    };
}

static void add_change(struct facts *facts, enum fact_change_kind what, const struct trace_object *object,
                       const char *from, const char *to)
{
    struct fact_change change = {
        .what = what,
        .kind = copy(facts, object->kind),
        .name = copy(facts, object->name),
        .from = copy(facts, from),
        .to = copy(facts, to),
    };
    ADD(facts, changes, change_count, change);
}

/* The words of the states that a hazard asks for. */
static const struct {
    const char *from, *to; /* NULL: any */
    enum fact_change_kind what;
} state_changes[] = {
    {"", "not null", BECAME_NOT_NULL}, {"not null", "", BECAME_NULLABLE}, {"not valid", "valid", BECAME_VALID},
    {"", "disabled", BECAME_DISABLED}, {"p", "u", BECAME_LOGGED_OR_NOT},  {"u", "p", BECAME_LOGGED_OR_NOT},
};

static int compare_objects(const void *one, const void *other)
{
    return strcmp(((const struct trace_object *)one)->id, ((const struct trace_object *)other)->id);
}

/* What the file has made itself nobody misses. */
static bool was_there(const struct trace_seen *seen, const struct trace_object *object)
{
    const struct trace_objects *base = seen->objects_base;
    return bsearch(object, base->items, base->count, sizeof *base->items, compare_objects);
}

/* The types of arguments are printed as the search path has it. */
static bool is_renamed(const struct trace_object *before, const struct trace_object *after)
{
    size_t length = strcspn(before->name, "(");
    bool is_elsewhere = length != strcspn(after->name, "(") || strncmp(before->name, after->name, length) != 0;
    return strcmp(before->last, after->last) != 0 ||
           (is_elsewhere && before->relation == 0 && strcmp(before->kind, "enum label") != 0);
}

/* "23.-1 integer": what is compared, and what is shown. */
static bool is_retyped(const struct trace_object *before, const struct trace_object *after)
{
    size_t length = strcspn(before->shape, " ");
    return !strcmp(before->kind, "column") &&
           (length != strcspn(after->shape, " ") || strncmp(before->shape, after->shape, length) != 0);
}

static const char *type_of(const struct trace_object *column) { return strchr(column->shape, ' ') + 1; }

/* Nobody knows what the file has made itself by its old name, or has relied on it. */
static void add_changes(struct facts *facts, const struct trace_seen *seen, const struct trace_object *before,
                        const struct trace_object *after)
{
    bool is_known = was_there(seen, before);
    if (is_known && is_renamed(before, after))
        add_change(facts, BECAME_RENAMED, before, before->name, after->name);
    if (is_known && is_retyped(before, after))
        add_change(facts, BECAME_TYPE, before, type_of(before), type_of(after));
    for (size_t i = 0; i < countof(state_changes); i++) {
        bool is_asked = is_known || state_changes[i].what == BECAME_NOT_NULL || state_changes[i].what == BECAME_VALID;
        if (is_asked && !strcmp(before->state, state_changes[i].from) && !strcmp(after->state, state_changes[i].to))
            add_change(facts, state_changes[i].what, before, before->state, after->state);
    }
}

static bool has_part(const char *text, const char *part, size_t length)
{
    while (*text) {
        const char *end = strstr(text, ", ");
        size_t own = end ? (size_t)(end - text) : strlen(text);
        if (own == length && !strncmp(text, part, length))
            return true;
        text += own + (end ? strlen(", ") : 0);
    }
    return false;
}

/* Appends the parts of `to` that `from` does not have, the first behind `opening`. */
static char *add_parts(char *text, const char *opening, const char *from, const char *to)
{
    while (*to) {
        const char *end = strstr(to, ", ");
        size_t length = end ? (size_t)(end - to) : strlen(to);
        if (!has_part(from, to, length)) {
            text = talloc_asprintf_append_buffer(text, "%s%s%.*s", *text ? ", " : "", opening, (int)length, to);
            opening = "";
        }
        to += length + (end ? strlen(", ") : 0);
    }
    return text;
}

static const char *parts_of(TALLOC_CTX *owner, const char *from, const char *to)
{
    char *text = add_parts(talloc_strdup(owner, ""), "", from, to);
    return add_parts(text, "no longer ", to, from);
}

static void add_rights(struct facts *facts, const struct trace_object *before, const struct trace_object *after)
{
    const struct trace_object *object = before ? before : after;
    const char *from = before ? before->rights : NULL, *to = after ? after->rights : NULL;
    if (!from && !to)
        return;
    if (from && to && !strcmp(from, to))
        return;
    size_t count = 0;
    while (facts->privileges && facts->privileges[count])
        count++;
    const char **lines = (const char **)(uintptr_t)facts->privileges;
    lines = talloc_realloc(facts, lines, const char *, (unsigned)count + 2);
    lines[count] = talloc_asprintf(facts, "%s (%s): %s", object->name, object->kind,
                                   !to     ? talloc_asprintf(lines, "no longer %s", from)
                                   : !from ? to
                                           : parts_of(lines, from, to));
    lines[count + 1] = NULL;
    facts->privileges = lines;
}

/* A policy or a default privilege is nothing but a right; other objects bring rights of their own when they come. */
static bool is_a_right(const struct trace_object *object)
{
    return !strcmp(object->kind, "policy") || !strcmp(object->kind, "default privileges");
}

/* What ALTER COLUMN ... TYPE and REINDEX CONCURRENTLY make anew under its old name. */
static const struct trace_object *find_again(const struct trace_objects *objects, const struct trace_object *object)
{
    bool is_part = object->relation != 0 && strcmp(object->kind, "column") != 0 &&
                   strcmp(object->kind, "identity") != 0 && strcmp(object->kind, "trigger") != 0 && !is_a_right(object);
    for (size_t i = 0; is_part && i < objects->count; i++)
        if (objects->items[i].relation == object->relation && !strcmp(objects->items[i].kind, object->kind) &&
            !strcmp(objects->items[i].name, object->name))
            return &objects->items[i];
    return NULL;
}

static int64_t file_of(const struct trace_relations *relations, const char *name)
{
    for (size_t i = 0; i < relations->count; i++)
        if (!strcmp(relations->items[i].relation, name))
            return relations->items[i].file;
    return 0;
}

/* An index that has a new file under its old name was built anew. */
static void add_rebuilt(struct facts *facts, const struct trace_seen *seen, const struct trace_object *object)
{
    struct fact_relation fact = {
        .relation = copy(facts, object->name),
        .relkind = 'i',
        .before = file_of(seen->before, object->name),
        .after = file_of(seen->after, object->name),
    };
    if (!strcmp(object->kind, "index") && fact.before != fact.after)
        ADD(facts, rewrites, rewrite_count, fact);
}

static void add_dropped(struct facts *facts, const struct trace_seen *seen, const struct trace_object *object)
{
    if (is_a_right(object) && !goes_along(object, seen->after, seen->objects_after))
        add_rights(facts, object, NULL);
    if (find_again(seen->objects_after, object)) {
        add_rebuilt(facts, seen, object);
        return;
    }
    if (!was_there(seen, object) || goes_along(object, seen->after, seen->objects_after))
        return;
    struct fact_object fact = fact_of(facts, seen, object);
    ADD(facts, dropped, dropped_count, fact);
}

static bool is_definer(const struct trace_object *object)
{
    return object->rights && strstr(object->rights, ", security definer");
}

static void add_created(struct facts *facts, const struct trace_seen *seen, const struct trace_object *object)
{
    if (is_a_right(object) || is_definer(object))
        add_rights(facts, NULL, object);
    if (find_again(seen->objects_before, object) || goes_along(object, seen->before, seen->objects_before))
        return;
    struct fact_object fact = fact_of(facts, seen, object);
    fact.state = state_of(facts, seen, object);
    ADD(facts, created, created_count, fact);
}

static void add_objects(struct facts *facts, const struct trace_seen *seen)
{
    const struct trace_objects *before = seen->objects_before, *after = seen->objects_after;
    size_t i = 0, j = 0;
    while (i < before->count || j < after->count) {
        int order = i == before->count ? 1 : j == after->count ? -1 : strcmp(before->items[i].id, after->items[j].id);
        if (order < 0) {
            add_dropped(facts, seen, &before->items[i++]);
        } else if (order > 0) {
            add_created(facts, seen, &after->items[j++]);
        } else {
            add_changes(facts, seen, &before->items[i], &after->items[j]);
            add_rights(facts, &before->items[i++], &after->items[j++]);
        }
    }
}

struct facts *trace_facts(TALLOC_CTX *owner, const struct trace_seen *seen)
{
    struct facts *facts = talloc_zero(owner, struct facts);
    facts->source = FACTS_MEASURED;
    facts->sqlstate = "";
    add_relations(facts, seen);
    if (seen->from == SEEN_OUTSIDE)
        add_scans_outside(facts, seen);
    add_objects(facts, seen);
    return facts;
}
