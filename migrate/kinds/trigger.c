/* Triggers on tables and views. Servers before 14 cannot replace one: any change but of its state means a new one,
 * which keeps no data from anybody. */
#include "migrate/kind_list.h"

extern const char sql_trigger[];

struct trigger_object {
    struct object base;
    const char *timing, *events, *level; /* "BEFORE", "INSERT OR UPDATE OF a, b", "ROW" */
    const char *transition_tables;       /* "OLD TABLE AS gone" */
    const char *condition;               /* of WHEN */
    const char *function;                /* with its arguments */
    const char *constraint_timing;       /* of a constraint trigger: "DEFERRABLE INITIALLY DEFERRED" */
    const char *referenced_table;
    const char *enabled;               /* as ALTER TABLE says it: "ENABLE REPLICA" */
    const char *enabled_on_partitions; /* "app.part DISABLE", where that is another state */
};

static const struct trigger_object *as_trigger(const struct object *object)
{
    return (const struct trigger_object *)object;
}

static const char *phrase(TALLOC_CTX *owner, const struct object *object)
{
    return talloc_asprintf(owner, "TRIGGER %s ON %s", object->name, object->parent);
}

/* By its function, or by a column of UPDATE OF or WHEN: the server refuses another type for it. */
static bool is_disturbed(const struct object *object, const struct object *cause)
{
    return cause != object->parent_object;
}

static void write_state(struct emission *emission, const struct object *object, const char *table, const char *state)
{
    emit(emission, EMIT_PLAIN, "ALTER TABLE %s %s TRIGGER %s", table, state, object->name);
}

static void write_partition_states(struct emission *emission, const struct object *object)
{
    TALLOC_CTX *memory = emission_memory(emission);
    struct kind_list partitions = kind_list_split(memory, as_trigger(object)->enabled_on_partitions);
    for (size_t i = 0; i < partitions.count; i++)
        write_state(emission, object, kind_list_name(memory, partitions.items[i]), kind_list_rest(partitions.items[i]));
}

/* The parent's state goes to all partitions; what differs there follows. */
static void alter_enabled(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    write_state(emission, to, to->parent, as_trigger(to)->enabled);
    write_partition_states(emission, to);
}

/* "word text ", or nothing where there is no text. */
static const char *clause(TALLOC_CTX *owner, const char *before, const char *text, const char *after)
{
    return text ? talloc_asprintf(owner, "%s%s%s", before, text, after) : "";
}

static void create(struct emission *emission, const struct object *object)
{
    const struct trigger_object *trigger = as_trigger(object);
    TALLOC_CTX *memory = emission_memory(emission);
    emit(emission, EMIT_PLAIN, "CREATE %sTRIGGER %s %s %s ON %s %s%s%sFOR EACH %s %sEXECUTE FUNCTION %s",
         trigger->constraint_timing ? "CONSTRAINT " : "", object->name, trigger->timing, trigger->events,
         object->parent, clause(memory, "FROM ", trigger->referenced_table, " "),
         clause(memory, "", trigger->constraint_timing, " "),
         clause(memory, "REFERENCING ", trigger->transition_tables, " "), trigger->level,
         clause(memory, "WHEN (", trigger->condition, ") "), trigger->function);
    if (strcmp(trigger->enabled, "ENABLE") != 0)
        write_state(emission, object, object->parent, trigger->enabled);
    write_partition_states(emission, object);
}

static void rename_trigger(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER TRIGGER %s ON %s RENAME TO %s", from->name, from->parent, to->name);
}

#define REPLACE(member, ...)                                                                                           \
    FIELD(struct trigger_object, member, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL, __VA_ARGS__)

static const struct field fields[] = {
    REPLACE(timing, .text = FIELD_LITERAL),
    REPLACE(events, .text = FIELD_LITERAL),
    REPLACE(level, .text = FIELD_LITERAL),
    REPLACE(transition_tables, .text = FIELD_LITERAL),
    REPLACE(condition, .text = FIELD_EXPRESSION),
    REPLACE(function, .text = FIELD_LITERAL),
    REPLACE(constraint_timing, .text = FIELD_LITERAL),
    REPLACE(referenced_table, .text = FIELD_LITERAL),
    FIELD(struct trigger_object, enabled, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_enabled),
    FIELD(struct trigger_object, enabled_on_partitions, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_enabled),
};

const struct kind kind_trigger = {
    .name = "trigger",
    .title = "trigger",
    .noun = "TRIGGER",
    .queries = (const struct kind_query[]){{120000, sql_trigger}, {0, NULL}},
    .size_bytes = sizeof(struct trigger_object),
    .fields = fields,
    .field_count = countof(fields),
    .phrase = phrase,
    .create = create,
    .rename = rename_trigger,
    .is_disturbed = is_disturbed,
};
