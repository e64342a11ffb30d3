/* Relationships: what each says, then each against its inverse. House rule model.relationship: nothing is implied, and
 * the two ends agree. */
#include "store/model/draft.h"

static const struct reader_key keys[] = {
    {"to", KEY_DEMANDED, "Write to: ENTITY."},
    {"kind", KEY_DEMANDED, "Write kind: one or kind: many."},
    {"key", KEY_DEMANDED, "Write key: COLUMN, in the entity that holds it."},
    {"back_populates", KEY_DEMANDED, "Name its inverse: the relationship of the other entity that leads back."},
    {"cascade", KEY_DEMANDED, "Write cascade: [] or any of save, soft_delete, delete."},
    {"soft_delete", KEY_DEMANDED, "Write soft_delete: hide, follow or keep."},
};

static const char *const kinds[] = {[RELATIONSHIP_ONE] = "one", [RELATIONSHIP_MANY] = "many", NULL};
static const char *const cascades[] = {"save", "soft_delete", "delete", NULL}; /* bit number i */
static const char *const soft_deletes[] = {
    [SOFT_DELETE_HIDE] = "hide", [SOFT_DELETE_FOLLOW] = "follow", [SOFT_DELETE_KEEP] = "keep", NULL};

const char *model_kind_name(enum model_kind kind) { return kinds[kind]; }

const char *model_soft_delete_name(enum model_soft_delete soft_delete) { return soft_deletes[soft_delete]; }

const char *model_cascade_name(enum model_cascade bit)
{
    return cascades[bit == CASCADE_SAVE ? 0 : bit == CASCADE_SOFT_DELETE ? 1 : 2];
}

/* ---- what one says ---- */

static void read_cascade(const struct reader *reader, const struct yaml_value *list, unsigned *cascade)
{
    size_t bit;
    if (list->kind != YAML_LIST) {
        reader_refuse(reader, list, "Write a list: [] or any of save, soft_delete, delete.",
                      "cascade must be a list, not %s", yaml_kind_name(list->kind));
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        if (reader_word(reader, list->items[i], "cascade", cascades, &bit))
            *cascade |= 1U << bit;
}

static bool read_to(const struct reader *reader, const struct yaml_value *value, const struct model_entity **to)
{
    const char *name;
    if (!reader_text(reader, value, "to", &name))
        return false;
    *to = model_find(reader->model, name);
    if (*to)
        return true;
    const char **names = reader_array(reader, reader->model->entity_count, sizeof *names);
    for (size_t i = 0; i < reader->model->entity_count; i++)
        names[i] = reader->model->entities[i].name;
    return reader_refuse_as(reader, reader->model->is_partial ? MODEL_CONSEQUENCE : MODEL_DEFECT, value,
                            reader_hint(reader, name, names, "Name a declared entity."), "there is no entity \"%s\"",
                            name);
}

/* Whether enough is said to go on with; all that is wrong is found in any case. */
static bool read_relationship(const struct reader *reader, const struct yaml_value *map,
                              struct model_relationship *relationship, const char **inverse)
{
    const char *what = talloc_asprintf(reader->model, "relationship \"%s\"", relationship->name);
    if (!reader_map(reader, map, what, keys, countof(keys)))
        return false;
    const struct yaml_value *to = yaml_get(map, "to"), *kind = yaml_get(map, "kind"), *key = yaml_get(map, "key");
    const struct yaml_value *back = yaml_get(map, "back_populates"), *cascade = yaml_get(map, "cascade");
    const struct yaml_value *soft_delete = yaml_get(map, "soft_delete");
    size_t index = 0;
    bool ok = to && kind && key;
    ok &= !to || read_to(reader, to, &relationship->to);
    ok &= !kind || reader_word(reader, kind, "kind", kinds, &index);
    relationship->kind = index == 0 ? RELATIONSHIP_ONE : RELATIONSHIP_MANY;
    ok &= !key || reader_names(reader, key, "key", &relationship->key);
    if (back)
        (void)reader_text(reader, back, "back_populates", inverse);
    if (cascade)
        read_cascade(reader, cascade, &relationship->cascade);
    if (soft_delete && reader_word(reader, soft_delete, "soft_delete", soft_deletes, &index))
        relationship->soft_delete = (enum model_soft_delete)index;
    return ok;
}

/* The reader of one relationship. Its object is "Entity.relationship". */
static struct reader reader_of(const struct draft *draft, const char *name, const struct yaml_value *title)
{
    struct reader reader = draft->reader;
    reader.rule = MODEL_RELATIONSHIP;
    reader.subject = title;
    if (name)
        reader.object = talloc_asprintf(reader.model, "%s.%s", draft->name, name);
    return reader;
}

void draft_read_relationships(struct draft *draft)
{
    const struct yaml_value *many = yaml_get(draft->root, "relationships");
    struct reader reader = reader_of(draft, NULL, NULL);
    if (!many || yaml_is_null(many))
        return;
    if (many->kind != YAML_MAP) {
        reader_refuse(&reader, many, "Write NAME: {to: ..., kind: ...} for each.",
                      "relationships must be a map, not %s", yaml_kind_name(many->kind));
        return;
    }
    if (!reader_many(&reader, many, "relationships"))
        return;
    struct model_relationship *relationships = reader_array(&reader, many->count, sizeof *relationships);
    draft->inverses = reader_array(&reader, many->count, sizeof *draft->inverses);
    size_t count = 0;
    for (size_t i = 0; i < many->count; i++) {
        const struct yaml_value *title = many->entries[i].key;
        struct model_relationship *relationship = &relationships[count];
        *relationship = (struct model_relationship){.from = draft->entity, .place = reader_place(&reader, title)};
        reader = reader_of(draft, title->text, title);
        draft->inverses[count] = NULL;
        if (!reader_name(&reader, title, "the name of a relationship", &relationship->name) ||
            !read_relationship(&reader, many->entries[i].value, relationship, &draft->inverses[count]))
            continue;
        if (model_find_column(draft->entity, relationship->name))
            reader_refuse(&reader, title, "Rename the relationship.", "%s has a column of that name", draft->name);
        count++;
    }
    draft->relationships = relationships;
    draft->entity->relationships = relationships;
    draft->entity->relationship_count = count;
}

/* ---- who holds the key ---- */

static bool has_columns(const struct model_entity *entity, const struct model_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (!model_find_column(entity, names->items[i]))
            return false;
    return true;
}

static bool is_same_names(const struct model_names *a, const struct model_names *b)
{
    for (size_t i = 0; a->count == b->count && i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return a->count == b->count;
}

static const struct model_foreign_key *find_key(const struct model_entity *holder, const struct model_entity *to,
                                                const struct model_names *columns)
{
    for (size_t i = 0; i < holder->foreign_key_count; i++)
        if (holder->foreign_keys[i].to == to && is_same_names(&holder->foreign_keys[i].columns, columns))
            return &holder->foreign_keys[i];
    return NULL;
}

/* Of many, the other end holds it; of one, this end, unless both are one and only the other end has such a key. Of two
 * that lead from an entity to itself, the first. */
static bool is_held_here(const struct model_relationship *one)
{
    if (one->kind == RELATIONSHIP_MANY)
        return false;
    if (one->from == one->to && one->inverse && one->inverse->kind == RELATIONSHIP_ONE)
        return one < one->inverse;
    if (find_key(one->from, one->to, &one->key))
        return true;
    bool is_other_one = one->inverse && one->inverse->kind == RELATIONSHIP_ONE && one->inverse != one;
    bool is_theirs = is_other_one && (find_key(one->to, one->from, &one->key) || !has_columns(one->from, &one->key));
    return !is_theirs;
}

static void settle_key(const struct reader *reader, const struct yaml_value *map, struct model_relationship *one)
{
    one->holder = is_held_here(one) ? KEY_HERE : KEY_THERE;
    const struct model_entity *holder = one->holder == KEY_HERE ? one->from : one->to;
    const struct model_entity *other = one->holder == KEY_HERE ? one->to : one->from;
    const struct yaml_value *value = yaml_get(map, "key");
    for (size_t i = 0; i < one->key.count; i++)
        if (!model_find_column(holder, one->key.items[i])) {
            reader_refuse(reader, value->kind == YAML_LIST ? value->items[i] : value,
                          reader_hint(reader, one->key.items[i], draft_candidates(reader, holder),
                                      "The key is a column of the entity that is many, or that holds the one."),
                          "key: %s has no column \"%s\"", holder->name, one->key.items[i]);
            return;
        }
    const struct model_foreign_key *key = find_key(holder, other, &one->key);
    one->target = key && key->targets.count ? key->targets : other->primary_key;
    if (one->target.count != one->key.count)
        reader_refuse_as(reader, one->target.count ? MODEL_DEFECT : MODEL_CONSEQUENCE, value,
                         "Declare what the key references.",
                         "a key of %zu columns cannot lead to the %zu of the primary key of %s", one->key.count,
                         one->target.count, other->name);
}

/* ---- against the inverse ---- */

/* The draft of an entity: drafts and entities are in the same order. */
static struct draft *draft_of(const struct drafts *drafts, const struct model *model, const struct model_entity *entity)
{
    return drafts->items[entity - model->entities];
}

/* What `theirs` declares and could not be read is a finding there. */
static size_t find_inverse(const struct reader *reader, const struct draft *theirs, const struct yaml_value *map,
                           const struct model_relationship *one, const char *name)
{
    const struct yaml_value *declared = yaml_get(theirs->root, "relationships");
    bool is_declared = declared && declared->kind == YAML_MAP && yaml_get(declared, name);
    const struct model_entity *to = one->to;
    for (size_t i = 0; i < to->relationship_count; i++)
        if (!strcmp(to->relationships[i].name, name))
            return i;
    const char **names = reader_array(reader, to->relationship_count, sizeof *names);
    for (size_t i = 0; i < to->relationship_count; i++)
        names[i] = to->relationships[i].name;
    const char *otherwise = talloc_asprintf(reader->model, "Declare it there, with back_populates: %s.", one->name);
    reader_refuse_as(reader, is_declared ? MODEL_CONSEQUENCE : MODEL_DEFECT, yaml_get(map, "back_populates"),
                     reader_hint(reader, name, names, otherwise), "%s has no relationship \"%s\" that can be followed",
                     to->name, name);
    return SIZE_MAX;
}

static bool has_relationship(const struct model_entity *entity, const char *name)
{
    for (size_t i = 0; name && i < entity->relationship_count; i++)
        if (!strcmp(entity->relationships[i].name, name))
            return true;
    return false;
}

/* Whether the key is a foreign key between the two entities. */
static bool goes_by_key(const struct model_relationship *one)
{
    return find_key(one->from, one->to, &one->key) || find_key(one->to, one->from, &one->key);
}

/* Whether the two lead to each other and share a key. What is wrong with the other end alone is told there. */
static bool check_inverse(const struct reader *reader, const struct yaml_value *map,
                          const struct model_relationship *one, const struct model_relationship *other,
                          const char *others_inverse)
{
    const struct yaml_value *back = yaml_get(map, "back_populates");
    if (other == one)
        return reader_refuse(reader, back, "Declare a second relationship that leads back.",
                             "a relationship is not its own inverse");
    if (other->to != one->from)
        return reader_refuse(reader, back, NULL, "its inverse %s.%s leads to %s, not back to %s", one->to->name,
                             other->name, other->to->name, one->from->name);
    if (!others_inverse || strcmp(others_inverse, one->name) != 0)
        return reader_refuse_as(reader, has_relationship(one->from, others_inverse) ? MODEL_DEFECT : MODEL_CONSEQUENCE,
                                back, "Let the two name each other.", "its inverse %s.%s names \"%s\" as its own",
                                one->to->name, other->name, others_inverse ? others_inverse : "");
    if (!is_same_names(&other->key, &one->key))
        return reader_refuse_as(reader, goes_by_key(one) && !goes_by_key(other) ? MODEL_CONSEQUENCE : MODEL_DEFECT,
                                yaml_get(map, "key"), "Both ends go by the same key.",
                                "its inverse %s.%s has another key: \"%s\"", one->to->name, other->name,
                                other->key.count ? other->key.items[0] : "");
    if (one->kind == RELATIONSHIP_MANY && other->kind == RELATIONSHIP_MANY)
        return reader_refuse(reader, yaml_get(map, "kind"),
                             "Declare an entity in between, with a relationship of kind one to each end.",
                             "%s.%s and its inverse are both of kind many", one->from->name, one->name);
    return true;
}

static void check_cascade(const struct reader *reader, const struct yaml_value *map,
                          const struct model_relationship *one)
{
    if ((one->cascade & CASCADE_SOFT_DELETE) && !one->to->soft_delete)
        reader_refuse(reader, yaml_get(map, "cascade"), "Take it out, or let that entity name its soft_delete column.",
                      "cascade soft_delete: %s has no column that marks deleted rows", one->to->name);
}

static void link_inverse(const struct drafts *drafts, const struct reader *reader, const struct yaml_value *map,
                         struct model_relationship *one, const char *name)
{
    const struct draft *theirs = draft_of(drafts, reader->model, one->to);
    size_t index = name ? find_inverse(reader, theirs, map, one, name) : SIZE_MAX;
    if (index == SIZE_MAX)
        return;
    if (check_inverse(reader, map, one, &theirs->relationships[index], theirs->inverses[index]))
        one->inverse = &theirs->relationships[index];
}

void draft_link_relationships(const struct drafts *drafts, struct draft *draft)
{
    const struct yaml_value *many = yaml_get(draft->root, "relationships");
    for (size_t i = 0; i < draft->entity->relationship_count; i++) {
        struct model_relationship *one = &draft->relationships[i];
        const struct yaml_value *map = yaml_get(many, one->name);
        struct reader reader = reader_of(draft, one->name, NULL);
        link_inverse(drafts, &reader, map, one, draft->inverses[i]);
        settle_key(&reader, map, one);
        check_cascade(&reader, map, one);
    }
}
