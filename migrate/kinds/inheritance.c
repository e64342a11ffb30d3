/* What a table inherits, or is a partition of: a facet, for a table that stays may come to another parent, and leaves
 * an old one before that goes. A new table's CREATE states it. */
#include "migrate/kinds/column.h"
#include "migrate/kinds/table.h"

extern const char sql_inheritance[];

static const struct inheritance_object *as_link(const struct object *object)
{
    return (const struct inheritance_object *)object;
}

/* Where a quoted name, or several with dots between them, ends: at `stop` or the text's end. */
static const char *name_end(const char *at, char stop)
{
    for (bool is_quoted = false; *at && (is_quoted || *at != stop); at++)
        is_quoted ^= *at == '"';
    return at;
}

/* Takes the next part of a list: "app.a, app.b"; NULL at the end. */
static const char *next_part(TALLOC_CTX *owner, const char **list)
{
    const char *start = *list, *end = start ? name_end(start, ',') : NULL;
    if (!start || !*start)
        return NULL;
    *list = *end ? end + 2 : end;
    return talloc_strndup(owner, start, (size_t)(end - start));
}

static const char *clause(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_strdup(owner, as_link(object)->parents);
}

/* ---- link ---- */

/* How many of the first parents stay; their names are passed over. */
static void skip_common(TALLOC_CTX *owner, const char **names, const char *others)
{
    for (const char *before = *names;; before = *names) {
        const char *one = next_part(owner, names), *other = next_part(owner, &others);
        if (!one || !other || strcmp(one, other) != 0) {
            *names = before;
            return;
        }
    }
}

static const char *changed_parents(struct emission *emission, const struct object *object)
{
    const struct object *other = emission_counterpart(emission, object);
    const char *names = as_link(object)->parent_tables;
    if (other && !as_link(other)->bound && !as_link(object)->bound)
        skip_common(emission_memory(emission), &names, as_link(other)->parent_tables);
    return names;
}

/* The parents that stay: the first ones, and of a partition the only one. */
static bool stays(struct emission *emission, const struct object *object, const char *parent)
{
    const struct object *other = emission_counterpart(emission, object);
    if (!other || !as_link(other)->bound != !as_link(object)->bound)
        return false;
    const char *names = as_link(object)->parent_tables,
               *changed = as_link(object)->bound ? "" : changed_parents(emission, object);
    if (as_link(object)->bound && strcmp(names, as_link(other)->parent_tables) != 0)
        return false;
    for (const char *name; names != changed && (name = next_part(emission_memory(emission), &names));)
        if (!strcmp(name, parent))
            return true;
    return false;
}

/* Whether the parent's object of FROM is the same in TO. */
static bool is_kept(struct emission *emission, const struct object *object)
{
    const struct object *to = object ? emission_counterpart(emission, object) : NULL;
    return to && !emission_is_new(emission, to);
}

/* A parent's checks must be there before. Those that the table declares itself have been made. */
static void add_checks(struct emission *emission, const struct object *link, const char *parent)
{
    const struct object *table = link->parent_object, *from = emission_counterpart(emission, link);
    const struct object *object = emission_find(emission, table, KIND_table, parent);
    const struct object *const *checks = object ? emission_all_children(emission, object, KIND_check) : NULL;
    const struct object *const *own = emission_all_children(emission, table, KIND_check);
    for (size_t i = 0; checks && checks[i]; i++) {
        size_t j = 0;
        while (own[j] && strcmp(own[j]->name, checks[i]->name) != 0)
            j++;
        bool is_there =
            from && stays(emission, from, parent) && is_kept(emission, emission_counterpart(emission, checks[i]));
        const char *text = own[j] || is_there ? NULL : checks[i]->kind->clause(emission_memory(emission), checks[i]);
        if (text && !strstr(text, ") NO INHERIT"))
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s ADD %s", table->identity, text);
    }
}

static void create(struct emission *emission, const struct object *object)
{
    const struct inheritance_object *link = as_link(object);
    const struct object *table = object->parent_object;
    const char *names = changed_parents(emission, object);
    for (const char *parent; (parent = next_part(emission_memory(emission), &names));) {
        add_checks(emission, object, parent);
        if (link->bound)
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s ATTACH PARTITION %s %s", parent, table->identity, link->bound);
        else
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s INHERIT %s", table->identity, parent);
    }
}

/* ---- unlink ---- */

static const struct object *find_constraint(struct emission *emission, const struct object *table, const char *name)
{
    static const enum kind_id constraints[] = {KIND_primary_key, KIND_unique, KIND_exclusion, KIND_foreign_key,
                                               KIND_check};
    for (size_t i = 0; i < countof(constraints); i++) {
        const struct object *const *all = emission_all_children(emission, table, constraints[i]);
        for (; *all; all++)
            if (!strcmp((*all)->name, name))
                return *all;
    }
    return NULL;
}

/* Whether what came from a parent comes from it again. */
static bool comes_again(struct emission *emission, const struct object *object, const char *theirs, bool is_index)
{
    const char *names = as_link(object)->parent_tables;
    for (const char *parent; (parent = next_part(emission_memory(emission), &names));) {
        const struct object *table = emission_find(emission, object, KIND_table, parent);
        if (!table || !stays(emission, object, parent))
            continue;
        if (is_kept(emission, is_index ? emission_find(emission, object, KIND_index, theirs)
                                       : find_constraint(emission, table, theirs)))
            return true;
    }
    return false;
}

/* A table keeps what it had from its parents. What does not come from them again is dropped; what TO wants of it is
 * made. */
static void drop_own(struct emission *emission, const struct object *object)
{
    TALLOC_CTX *memory = emission_memory(emission);
    const char *constraints = as_link(object)->own_constraints, *indexes = as_link(object)->own_indexes;
    for (const char *pair; (pair = next_part(memory, &constraints));) {
        const char *end = name_end(pair, ' ');
        if (!comes_again(emission, object, end + 1, false))
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s DROP CONSTRAINT %.*s", object->parent, (int)(end - pair), pair);
    }
    for (const char *pair; (pair = next_part(memory, &indexes));) {
        const char *end = name_end(pair, ' ');
        if (!comes_again(emission, object, end + 1, true))
            emit(emission, EMIT_PLAIN, "DROP INDEX %.*s", (int)(end - pair), pair);
    }
}

static void drop(struct emission *emission, const struct object *object)
{
    const struct inheritance_object *link = as_link(object);
    const char *names = changed_parents(emission, object);
    for (const char *parent; (parent = next_part(emission_memory(emission), &names));) {
        if (link->bound)
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s DETACH PARTITION %s", parent, object->parent);
        else
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s NO INHERIT %s", object->parent, parent);
    }
    drop_own(emission, object);
}

/* By a parent that goes or is made anew: it would take its partitions along. */
static bool is_disturbed(const struct object *object, const struct object *cause)
{
    return cause->kind == kinds[KIND_table] && cause != object->parent_object;
}

static const struct field fields[] = {
    FIELD(struct inheritance_object, parents, .role = FIELD_REPLACE),
    FIELD(struct inheritance_object, parent_tables, .role = FIELD_FACT),
    FIELD(struct inheritance_object, bound, .role = FIELD_FACT),
    FIELD(struct inheritance_object, own_constraints, .role = FIELD_FACT),
    FIELD(struct inheritance_object, own_indexes, .role = FIELD_FACT),
};

const struct kind kind_inheritance = {
    .name = "inheritance",
    .title = "inheritance",
    .noun = "TABLE",
    .queries = (const struct kind_query[]){{120000, sql_inheritance}, {0, NULL}},
    .size_bytes = sizeof(struct inheritance_object),
    .fields = fields,
    .field_count = countof(fields),
    .severity = SEVERITY_BREAKING,
    .create = create,
    .clause = clause,
    .drop = drop,
    .is_disturbed = is_disturbed,
    .facet_attribute = "parents",
};
