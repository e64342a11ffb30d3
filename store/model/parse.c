/* Drafts become a model: see model_parse. What names other things is read when all documents are, so that their order
 * does not matter. */
#include <strings.h>

#include "store/model/draft.h"

static int compare_drafts(const void *a, const void *b)
{
    const struct draft *left = *(const struct draft *const *)a, *right = *(const struct draft *const *)b;
    if (left->kind != right->kind)
        return left->kind == DRAFT_ENTITY ? -1 : 1;
    int order = strcmp(left->name, right->name);
    if (!order)
        order = strcmp(left->reader.file, right->reader.file);
    return order ? order
                 : left->title->line + left->reader.line_offset - right->title->line - right->reader.line_offset;
}

/* Sorts; of two of a name, the second is refused and left out. */
static void sort_drafts(struct drafts *drafts)
{
    size_t kept = 0;
    if (drafts->count > 1)
        qsort(drafts->items, drafts->count, sizeof *drafts->items, compare_drafts);
    for (size_t i = 0; i < drafts->count; i++) {
        struct draft *draft = drafts->items[i], *before = kept ? drafts->items[kept - 1] : NULL;
        if (before && before->kind == draft->kind && !strcmp(before->name, draft->name))
            reader_refuse(&draft->reader, draft->title, NULL, "%s %s is declared in %s:%d already",
                          draft->kind == DRAFT_ENTITY ? "entity" : "mixin", draft->name, before->reader.file,
                          reader_place(&before->reader, before->title).line);
        else
            drafts->items[kept++] = draft;
    }
    drafts->count = kept;
}

static void read_head(struct draft *draft)
{
    const struct reader *reader = &draft->reader;
    struct model_entity *entity = draft->entity;
    const struct yaml_value *value;
    struct model_names names;
    entity->name = draft->name;
    entity->place = reader_place(reader, draft->title);
    entity->mixins = draft->mixins;
    entity->soft_delete = draft->soft_delete;
    entity->table = ""; /* demanded: refused where it is not there */
    if ((value = yaml_get(draft->root, "table")))
        (void)reader_qualified(reader, value, "table", &entity->schema, &entity->table);
    if ((value = yaml_get(draft->root, "description")) && !yaml_is_null(value))
        (void)reader_text(reader, value, "description", &entity->description);
    if ((value = yaml_get(draft->root, "label")) && !yaml_is_null(value)) {
        if (value->kind != YAML_TEXT)
            reader_refuse(reader, value, NULL, "label must be the name of a column, not %s",
                          yaml_kind_name(value->kind));
        else if (draft_column_names(draft, value, "label", &names))
            entity->label = names.items[0];
    }
}

static void take_columns(struct draft *draft)
{
    struct model_column *columns = reader_array(&draft->reader, draft->columns.count, sizeof *columns);
    for (size_t i = 0; i < draft->columns.count; i++)
        columns[i] = draft->columns.items[i].column;
    draft->entity->columns = columns;
    draft->entity->column_count = draft->columns.count;
}

static void make_entities(struct model *model, const struct drafts *drafts)
{
    for (size_t i = 0; i < drafts->count && drafts->items[i]->kind == DRAFT_ENTITY; i++)
        model->entity_count++;
    struct reader reader = {.model = model};
    struct model_entity *entities = reader_array(&reader, model->entity_count, sizeof *entities);
    model->entities = entities;
    for (size_t i = 0; i < model->entity_count; i++) {
        struct draft *draft = drafts->items[i];
        draft->entity = &entities[i];
        read_head(draft);
        draft_read_primary_key(draft); /* before the columns are taken: it may set flags of theirs */
        take_columns(draft);
        draft_read_uniques(draft);
        draft_read_checks(draft);
        draft_read_indexes(draft);
    }
    for (size_t i = 0; i < model->entity_count; i++)
        draft_read_foreign_keys(drafts->items[i]);
    for (size_t i = 0; i < model->entity_count; i++)
        draft_read_relationships(drafts->items[i]);
    for (size_t i = 0; i < model->entity_count; i++)
        draft_link_relationships(drafts, drafts->items[i]);
}

static int compare_tables(const void *a, const void *b)
{
    const struct model_entity *left = (*(const struct draft *const *)a)->entity;
    const struct model_entity *right = (*(const struct draft *const *)b)->entity;
    int order = strcmp(left->schema ? left->schema : "", right->schema ? right->schema : "");
    order = order ? order : strcmp(left->table, right->table);
    return order ? order : strcmp(left->name, right->name);
}

static void check_tables(const struct drafts *drafts, size_t count)
{
    if (count < 2)
        return;
    struct draft **sorted = talloc_memdup(NULL, drafts->items, count * sizeof *sorted);
    if (!sorted)
        abort();
    qsort(sorted, count, sizeof *sorted, compare_tables);
    for (size_t i = 1; i < count; i++) {
        const struct model_entity *entity = sorted[i]->entity, *before = sorted[i - 1]->entity;
        if (*entity->table && !strcmp(entity->table, before->table) &&
            !strcmp(entity->schema ? entity->schema : "", before->schema ? before->schema : ""))
            reader_refuse(&sorted[i]->reader, yaml_get(sorted[i]->root, "table"), NULL,
                          "table \"%s\" is that of entity %s already", entity->table, before->name);
    }
    talloc_free(sorted);
}

/* A mixin that is not there is a finding already. */
static bool lacks_mixin(const struct drafts *drafts, const struct draft *draft)
{
    for (size_t i = 0; i < draft->mixins.count; i++) {
        bool is_found = false;
        for (size_t j = 0; j < drafts->count; j++)
            is_found |=
                drafts->items[j]->kind == DRAFT_MIXIN && !strcmp(drafts->items[j]->name, draft->mixins.items[i]);
        if (!is_found)
            return true;
    }
    return false;
}

/* House rule model.base: keys, timestamps and the like come from a base, the same for all. */
static void check_base(const struct drafts *drafts, const struct draft *draft)
{
    bool has_key = false, has_time = false;
    if (lacks_mixin(drafts, draft))
        return;
    for (size_t i = 0; i < draft->inherited_count; i++) {
        const struct model_column *column = &draft->columns.items[i].column;
        has_key |= column->is_primary_key;
        has_time |= column->type.text && !strncasecmp(column->type.text, "timestamp", 9);
    }
    if (has_key && has_time)
        return;
    model_add_finding(draft->reader.model,
                      &(struct model_finding){
                          .rule = MODEL_BASE,
                          .grade = MODEL_REMARK,
                          .place = draft->entity->place,
                          .object = draft->name,
                          .message = talloc_asprintf(draft->reader.model, "entity %s %s", draft->name,
                                                     !draft->mixins.count ? "extends no base"
                                                     : has_key            ? "gets no timestamps from what it extends"
                                                                          : "gets no primary key from what it extends"),
                          .hint = "Let it extend a mixin that brings primary key and timestamps.",
                      });
}

struct model *model_parse(TALLOC_CTX *owner, const struct model_input *inputs, size_t count)
{
    struct model *model = talloc_zero(owner, struct model);
    TALLOC_CTX *trees = talloc_new(NULL); /* of YAML; gone when the model is made */
    struct drafts drafts = {0};
    if (!model || !trees)
        abort();
    draft_read_inputs(trees, model, inputs, count, &drafts);
    sort_drafts(&drafts);
    for (size_t i = 0; i < drafts.count; i++)
        draft_read_columns(drafts.items[i]);
    for (size_t i = 0; i < drafts.count; i++)
        draft_resolve(&drafts, drafts.items[i]);
    make_entities(model, &drafts);
    check_tables(&drafts, model->entity_count);
    for (size_t i = 0; i < model->entity_count; i++)
        check_base(&drafts, drafts.items[i]);
    talloc_free(trees);
    return model;
}
