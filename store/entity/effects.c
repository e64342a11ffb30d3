/* What a transaction has done to rows, as the server counts it. See writing.h. */
#include "store/entity/writing.h"

extern const char sql_entity_effects[];

/* The session's counters: they hold what earlier transactions did, too, until the server has passed it on. */
struct entity_effect *effects_now(TALLOC_CTX *owner, struct connection *connection, size_t *count, struct error *error)
{
    static const struct column columns[] = {
        COLUMN(struct entity_effect, schema),   COLUMN(struct entity_effect, table),
        COLUMN(struct entity_effect, inserted), COLUMN(struct entity_effect, updated),
        COLUMN(struct entity_effect, deleted),  COLUMN(struct entity_effect, root),
    };
    struct result *result = connection_query(owner, connection, NO_PARAMETERS, error, sql_entity_effects);
    return result ? result_bind(result, columns, countof(columns), sizeof(struct entity_effect), count, error) : NULL;
}

static void subtract(struct entity_effect *effect, const struct entity_effect *before, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(before[i].schema, effect->schema) != 0 || strcmp(before[i].table, effect->table) != 0)
            continue;
        effect->inserted -= before[i].inserted;
        effect->updated -= before[i].updated;
        effect->deleted -= before[i].deleted;
    }
}

bool effects_since(struct entity_outcome *outcome, struct connection *connection, const struct entity_effect *before,
                   size_t before_count, struct error *error)
{
    size_t count = 0, kept = 0;
    struct entity_effect *effects = effects_now(outcome, connection, &count, error);
    for (size_t i = 0; effects && i < count; i++) {
        subtract(&effects[i], before, before_count);
        if (effects[i].inserted || effects[i].updated || effects[i].deleted)
            effects[kept++] = effects[i];
    }
    outcome->effects = effects;
    outcome->effect_count = kept;
    return effects != NULL;
}

/* Of all partitions of a whole, so that a row that moves is none that is lost. */
static int64_t net_deleted(const struct entity_outcome *outcome, const struct entity_effect *effect)
{
    int64_t deleted = 0;
    for (size_t i = 0; effect->root && i < outcome->effect_count; i++) {
        const struct entity_effect *other = &outcome->effects[i];
        if (other->root && !strcmp(other->root, effect->root))
            deleted += other->deleted - other->inserted;
    }
    return effect->root ? deleted : effect->deleted;
}

bool entity_outcome_loses_rows(const struct entity_outcome *outcome, const struct entity_change *change)
{
    if (change->what == WRITE_DELETE)
        return true;
    for (size_t i = 0; i < outcome->effect_count; i++)
        if (net_deleted(outcome, &outcome->effects[i]) > 0)
            return true;
    return false;
}
