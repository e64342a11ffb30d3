/* What a table inherits, or is a partition of: a facet, for a table that stays may come to another parent, and leaves
 * an old one before that goes. A new table's CREATE states it. */
#include "migrate/kinds/column.h"
#include "migrate/kinds/table.h"

extern const char sql_inheritance[];

static const struct inheritance_object *as_link(const struct object *object)
{
    return (const struct inheritance_object *)object;
}

/* Takes the next of some quoted names with schema: "app.a, app.b"; NULL at the end. */
static const char *next_parent(TALLOC_CTX *owner, const char **names)
{
    bool is_quoted = false;
    const char *start = *names, *at = start;
    if (!*start)
        return NULL;
    for (; *at && (is_quoted || *at != ','); at++)
        is_quoted ^= *at == '"';
    *names = *at ? at + 2 : at;
    return talloc_strndup(owner, start, (size_t)(at - start));
}

static const char *clause(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_strdup(owner, as_link(object)->parents);
}

/* ---- link ---- */

/* Whether it only comes back to the parent that it was a partition of. */
static bool comes_back(struct emission *emission, const struct object *object)
{
    const struct object *other = emission_counterpart(emission, object);
    return other && as_link(object)->bound && as_link(other)->bound &&
           kind_same_text(as_link(object)->parent_tables, as_link(other)->parent_tables);
}

/* A parent's checks must be there before. Those that the table declares itself have been made; one that comes back has
 * kept those that the parent had before. */
static void add_checks(struct emission *emission, const struct object *link, const char *parent)
{
    const struct object *table = link->parent_object;
    const struct object *object = emission_find(emission, table, KIND_table, parent);
    const struct object *const *checks = object ? emission_all_children(emission, object, KIND_check) : NULL;
    const struct object *const *own = emission_all_children(emission, table, KIND_check);
    for (size_t i = 0; checks && checks[i]; i++) {
        size_t j = 0;
        while (own[j] && strcmp(own[j]->name, checks[i]->name) != 0)
            j++;
        bool is_kept = comes_back(emission, link) && emission_counterpart(emission, checks[i]);
        const char *text = own[j] || is_kept ? NULL : checks[i]->kind->clause(emission_memory(emission), checks[i]);
        if (text && !strstr(text, ") NO INHERIT"))
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s ADD %s", table->identity, text);
    }
}

/* How many of the first parents stay; their names are passed over. */
static void skip_common(TALLOC_CTX *owner, const char **names, const char *others)
{
    for (const char *before = *names;; before = *names) {
        const char *one = next_parent(owner, names), *other = next_parent(owner, &others);
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

static void create(struct emission *emission, const struct object *object)
{
    const struct inheritance_object *link = as_link(object);
    const struct object *table = object->parent_object;
    const char *names = changed_parents(emission, object);
    for (const char *parent; (parent = next_parent(emission_memory(emission), &names));) {
        add_checks(emission, object, parent);
        if (link->bound)
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s ATTACH PARTITION %s %s", parent, table->identity, link->bound);
        else
            emit(emission, EMIT_PLAIN, "ALTER TABLE %s INHERIT %s", table->identity, parent);
    }
}

/* ---- unlink ---- */

/* A table keeps what it had from its parent; what TO wants of that is made anew. */
static void drop_own(struct emission *emission, const struct object *object)
{
    const struct inheritance_object *link = as_link(object);
    const struct object *other = emission_counterpart(emission, object);
    if (other && (kind_same_text(link->parent_tables, as_link(other)->parent_tables) || !link->bound))
        return;
    if (link->own_constraints)
        emit(emission, EMIT_PLAIN, "ALTER TABLE %s %s", object->parent, link->own_constraints);
    if (link->own_indexes)
        emit(emission, EMIT_PLAIN, "DROP INDEX %s", link->own_indexes);
}

static void drop(struct emission *emission, const struct object *object)
{
    const struct inheritance_object *link = as_link(object);
    const char *names = changed_parents(emission, object);
    for (const char *parent; (parent = next_parent(emission_memory(emission), &names));) {
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
