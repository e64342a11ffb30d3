/* model.base, model.typed, model.relationship: what reading the models found, each finding with its place. */
#include "migrate/rules/rule.h"

static void find_all(struct rule_case *rule_case, const struct model *model, enum model_rule rule)
{
    for (size_t i = 0; i < model->finding_count; i++) {
        const struct model_finding *finding = &model->findings[i];
        if (finding->rule != rule || finding->grade == MODEL_CONSEQUENCE)
            continue;
        rule_find(rule_case, &(struct rule_finding){.message = finding->message,
                                                    .file = finding->place.file,
                                                    .line = finding->place.line,
                                                    .object = finding->object,
                                                    .hint = finding->hint});
    }
}

static void tell(struct rule_case *rule_case, const struct models *models, enum model_rule rule)
{
    const struct model *model = models->model;
    size_t count = model->entity_count;
    if (rule != MODEL_BASE)
        count = 0;
    for (size_t i = 0; i < model->entity_count; i++) {
        const struct model_entity *entity = &model->entities[i];
        count += rule == MODEL_TYPED          ? entity->column_count
                 : rule == MODEL_RELATIONSHIP ? entity->relationship_count
                                              : 0;
    }
    static const char *const things[] = {
        [MODEL_BASE] = "entities", [MODEL_TYPED] = "columns", [MODEL_RELATIONSHIP] = "relationships"};
    rule_evidence(rule_case, "%zu %s in %s", count, things[rule], models->source);
}

/* Models that cannot be read at all break the first rule; the others cannot be asked then. */
static bool refuse(struct rule_case *rule_case, enum model_rule rule, const struct error *failure, struct error *error)
{
    if (rule != MODEL_BASE)
        return rule_give_up(rule_case, failure, error);
    struct error *told = error_new(rule_case->memory);
    error_copy(told, failure);
    if (!told->hint)
        error_hint(told, "See models in pgdeck.yaml: the folder of the models, or the program that prints them.");
    return rule_blame(rule_case, told, error);
}

static bool judge(struct rule_case *rule_case, enum model_rule rule, struct error *error)
{
    const struct error *failure;
    const struct models *models = inquiry_models(rule_case->inquiry, &failure);
    if (!models)
        return refuse(rule_case, rule, failure, error);
    if (models->kind == MODELS_NONE)
        return rule_skip(rule_case, "the project declares no models: there is nothing in %s", models->source);
    if (models->kind == MODELS_PRINTED)
        return rule_skip(rule_case, "the models are DDL (%s), which says nothing of bases and relationships",
                         models->source);
    if (!settings_models_command(rule_case->options->settings) &&
        !inquiry_has_changed_below(rule_case->inquiry, models->source))
        return rule_skip(rule_case, "nothing in %s has changed since %s", models->source, rule_case->options->since);
    find_all(rule_case, models->model, rule);
    tell(rule_case, models, rule);
    return true;
}

bool rule_model_base(struct rule_case *rule_case, struct error *error) { return judge(rule_case, MODEL_BASE, error); }

bool rule_model_typed(struct rule_case *rule_case, struct error *error) { return judge(rule_case, MODEL_TYPED, error); }

bool rule_model_relationship(struct rule_case *rule_case, struct error *error)
{
    return judge(rule_case, MODEL_RELATIONSHIP, error);
}
