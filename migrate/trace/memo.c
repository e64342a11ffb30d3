/* See memo.h. */
#include "migrate/trace/memo.h"

#include <jansson.h>

#include "migrate/expected.h"
#include "migrate/facts_json.h"
#include "migrate/replay/notes.h"

static bool read_step(struct plan *plan, const json_t *array, struct plan_step *step)
{
    size_t count = step->file->statements.count;
    struct facts *facts = talloc_zero_array(plan, struct facts, (unsigned)count + 1);
    bool ok = json_array_size(array) == count;
    for (size_t i = 0; ok && i < count; i++)
        ok = facts_of_json(facts, json_array_get(array, i), &facts[i]);
    if (ok)
        step->facts = facts;
    else
        talloc_free(facts);
    return ok;
}

static void read_trace(const struct copy *copy, const json_t *json)
{
    const char *source = json_string_value(json_object_get(json, "from"));
    const char *reason = json_string_value(json_object_get(json, "reason"));
    struct trace *trace = copy->trace;
    const json_t *warnings = json_object_get(json, "warnings");
    size_t count = json_array_size(warnings);
    const char **lines = talloc_zero_array(trace, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        lines[i] = talloc_strdup(lines, json_string_value(json_array_get(warnings, i)));
    trace->source = source ? talloc_strdup(trace, source) : NULL;
    trace->reason = reason ? talloc_strdup(trace, reason) : NULL;
    trace->warnings = lines;
    trace->how = TRACE_RECALLED;
}

bool memo_find(const struct copy *copy, const char *key, struct plan *plan)
{
    const char *const keys[] = {key, NULL};
    char *text = notes_recall(NULL, copy->scratch, keys);
    json_t *json = text ? json_loads(text, 0, NULL) : NULL;
    const json_t *steps = json_object_get(json, "steps");
    bool ok = json_array_size(steps) == plan->count && plan->count > 0;
    for (size_t i = 0; ok && i < plan->count; i++) {
        plan->steps[i].expected = expected_of_json(plan, json_array_get(json_object_get(json, "expected"), i));
        ok = read_step(plan, json_array_get(steps, i), &plan->steps[i]) && plan->steps[i].expected;
    }
    if (ok)
        read_trace(copy, json);
    json_decref(json);
    talloc_free(text);
    return ok;
}

static json_t *texts_json(const char *const *texts)
{
    json_t *array = json_array();
    for (size_t i = 0; texts && texts[i]; i++)
        json_array_append_new(array, json_string(texts[i]));
    return array;
}

void memo_put(const struct copy *copy, const char *key, const struct plan *plan)
{
    json_t *steps = json_array(), *expected = json_array();
    for (size_t i = 0; i < plan->count; i++) {
        json_t *array = json_array();
        json_array_append_new(expected, expected_to_json(plan->steps[i].expected));
        for (size_t j = 0; j < plan->steps[i].file->statements.count; j++)
            json_array_append_new(array, facts_to_json(&plan->steps[i].facts[j]));
        json_array_append_new(steps, array);
    }
    json_t *json = json_pack("{s:s?, s:s?, s:o, s:o, s:o}", "from", copy->trace->source, "reason", copy->trace->reason,
                             "warnings", texts_json(copy->trace->warnings), "steps", steps, "expected", expected);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text)
        notes_keep(copy->scratch, key, text);
    free(text);
    json_decref(json);
}
