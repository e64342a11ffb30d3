/* See model.h: findings and look-ups. Reading stands in store/model. */
#include "store/model.h"

enum { FINDINGS_MOST = 10000 };

/* ---- findings ---- */

static int compare_findings(const struct model_finding *a, const struct model_finding *b)
{
    int order = strcmp(a->place.file, b->place.file);
    if (order)
        return order;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    if (a->place.column != b->place.column)
        return a->place.column < b->place.column ? -1 : 1;
    return strcmp(a->message, b->message);
}

static const char *copy(TALLOC_CTX *owner, const char *text)
{
    char *copied = text ? talloc_strdup(owner, text) : NULL;
    if (text && !copied)
        abort();
    return copied;
}

void model_add_finding(struct model *model, const struct model_finding *finding)
{
    size_t low = 0, high = model->finding_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_findings(&model->findings[middle], finding);
        if (order == 0)
            return; /* of a mixin's column, once for each entity that has it */
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    if (model->finding_count == FINDINGS_MOST)
        return;
    struct model_finding *findings =
        talloc_realloc_size(model, model->findings, (model->finding_count + 1) * sizeof *findings);
    if (!findings)
        abort();
    memmove(&findings[low + 1], &findings[low], (model->finding_count - low) * sizeof *findings);
    findings[low] = *finding;
    findings[low].place.file = copy(model, finding->place.file);
    findings[low].object = copy(model, finding->object);
    findings[low].message = copy(model, finding->message);
    findings[low].hint = copy(model, finding->hint);
    model->findings = findings;
    model->finding_count++;
}

static bool check(const struct model *model, enum model_rule last, struct error *error)
{
    const struct model_finding *first = NULL;
    size_t count = 0;
    for (size_t i = 0; i < model->finding_count; i++) {
        const struct model_finding *finding = &model->findings[i];
        bool is_better = !first || (first->grade == MODEL_CONSEQUENCE && finding->grade == MODEL_DEFECT);
        if (finding->grade == MODEL_REMARK || finding->rule > last)
            continue;
        first = is_better ? finding : first;
        count++;
    }
    if (!first)
        return true;
    error_set(error, ERROR_PROJECT, "%s", first->message);
    if (count > 1)
        error_detail(error, "%zu more %s wrong in the models.", count - 1, count > 2 ? "things are" : "thing is");
    if (first->hint)
        error_hint(error, "%s", first->hint);
    return error_place(error, first->place.file, first->place.line, first->place.column);
}

bool model_check(const struct model *model, struct error *error) { return check(model, MODEL_RELATIONSHIP, error); }

bool model_check_tables(const struct model *model, struct error *error) { return check(model, MODEL_TYPED, error); }

const char *model_rule_name(enum model_rule rule)
{
    static const char *const names[] = {
        [MODEL_BASE] = "model.base", [MODEL_TYPED] = "model.typed", [MODEL_RELATIONSHIP] = "model.relationship"};
    return names[rule];
}

/* ---- look-ups ---- */

const struct model_entity *model_find(const struct model *model, const char *name)
{
    size_t low = 0, high = model->entity_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(model->entities[middle].name, name);
        if (order == 0)
            return &model->entities[middle];
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

const struct model_entity *model_find_table(const struct model *model, const char *path_schema, const char *schema,
                                            const char *table)
{
    path_schema = path_schema ? path_schema : "public";
    for (size_t i = 0; i < model->entity_count; i++) {
        const struct model_entity *entity = &model->entities[i];
        if (!strcmp(entity->table, table) && !strcmp(entity->schema ? entity->schema : path_schema, schema))
            return entity;
    }
    return NULL;
}

const struct model_column *model_find_column(const struct model_entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->column_count; i++)
        if (!strcmp(entity->columns[i].name, name))
            return &entity->columns[i];
    return NULL;
}

const struct model_relationship *model_find_relationship(const struct model_entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->relationship_count; i++)
        if (!strcmp(entity->relationships[i].name, name))
            return &entity->relationships[i];
    return NULL;
}
