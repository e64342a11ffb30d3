/* Event triggers: functions that the server calls on DDL. */
#include "migrate/kind_list.h"

extern const char sql_event_trigger[];

struct event_trigger_object {
    struct object base;
    const char *event, *tags, *function; /* "ddl_command_end", "'CREATE TABLE', 'DROP TABLE'", "app.audit()" */
    const char *enabled;                 /* as ALTER EVENT TRIGGER says it: "ENABLE REPLICA" */
};

static const struct event_trigger_object *as_trigger(const struct object *object)
{
    return (const struct event_trigger_object *)object;
}

static bool is_disturbed(const struct object *object UNUSED, const struct object *cause UNUSED) { return true; }

static bool has_same_tags(const struct object *from, const struct object *to)
{
    return kind_list_is_same(as_trigger(from)->tags, as_trigger(to)->tags);
}

static void alter_enabled(struct emission *emission, const struct object *from UNUSED, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER EVENT TRIGGER %s %s", to->identity, as_trigger(to)->enabled);
}

static void create(struct emission *emission, const struct object *object)
{
    const struct event_trigger_object *trigger = as_trigger(object);
    const char *tags =
        trigger->tags ? talloc_asprintf(emission_memory(emission), " WHEN TAG IN (%s)", trigger->tags) : "";
    emit(emission, EMIT_PLAIN, "CREATE EVENT TRIGGER %s ON %s%s EXECUTE FUNCTION %s", object->identity, trigger->event,
         tags, trigger->function);
    if (strcmp(trigger->enabled, "ENABLE") != 0)
        alter_enabled(emission, NULL, object);
}

static void rename_trigger(struct emission *emission, const struct object *from, const struct object *to)
{
    emit(emission, EMIT_PLAIN, "ALTER EVENT TRIGGER %s RENAME TO %s", from->identity, to->name);
}

static const struct field fields[] = {
    FIELD(struct event_trigger_object, event, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct event_trigger_object, tags, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL,
          .is_same = has_same_tags),
    FIELD(struct event_trigger_object, function, .role = FIELD_REPLACE, .severity = SEVERITY_BEHAVIOURAL),
    FIELD(struct event_trigger_object, enabled, .role = FIELD_ALTER, .severity = SEVERITY_BEHAVIOURAL,
          .alter = alter_enabled),
};

const struct kind kind_event_trigger = {
    .name = "event_trigger",
    .title = "event trigger",
    .noun = "EVENT TRIGGER",
    .queries = (const struct kind_query[]){{120000, sql_event_trigger}, {0, NULL}},
    .size_bytes = sizeof(struct event_trigger_object),
    .fields = fields,
    .field_count = countof(fields),
    .create = create,
    .rename = rename_trigger,
    .is_disturbed = is_disturbed,
};
