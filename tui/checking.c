/* See checking.h. */
#include "tui/checking.h"

#include "store/clock.h"
#include "tui/printer.h"

/* Whether the private cluster is there without being made for it. */
static const char *embedded_refusal(TALLOC_CTX *owner, const struct deck *deck)
{
    if (deck->cluster)
        return NULL;
    struct error *error = error_new(owner);
    struct cluster *cluster = cluster_open(owner, deck->settings, CLUSTER_EMBEDDED, error);
    struct cluster_status *status = cluster ? cluster_status(owner, cluster, error) : NULL;
    const char *refusal = NULL;
    if (!status)
        refusal = talloc_asprintf(owner, "no target: %s", error->message);
    else if (!status->exists)
        refusal = "no target: none is configured, and the private cluster \"embedded\" was not made yet";
    talloc_free(cluster);
    return refusal;
}

/* What -d names has to be there; what the environment or a file names is a finding of the rule `connection`. */
static bool keep_failure(TALLOC_CTX *owner, const struct deck *deck, struct rules_options *options, struct error *error)
{
    if (deck->options.database && (error->code == ERROR_USAGE || error->code == ERROR_SETTINGS))
        return false;
    struct error *kept = error_new(owner);
    error_copy(kept, error);
    error_clear(error);
    options->target_error = kept;
    return true;
}

static bool open_target(TALLOC_CTX *owner, struct deck *deck, struct cancel *cancel, struct rules_options *options,
                        struct error *error)
{
    if (!deck_resolve_target(deck, TARGET_MAY_FALL_BACK, error))
        return keep_failure(owner, deck, options, error);
    if (deck->target->is_embedded && (options->no_target = embedded_refusal(owner, deck)))
        return true;
    if (!deck_open_target(deck, TARGET_MAY_FALL_BACK, cancel, error))
        return keep_failure(owner, deck, options, error);
    options->pool = deck->pool;
    return true;
}

bool checking_options(TALLOC_CTX *owner, struct deck *deck, struct cancel *cancel, struct rules_options *options,
                      struct error *error)
{
    *options = (struct rules_options){
        .settings = deck->settings,
        .environment = deck->options.environment,
        .cancel = cancel,
        .wall_us = clock_wall_us(),
    };
    return open_target(owner, deck, cancel, options, error);
}

const char *checking_word(const struct rule_result *result)
{
    if (result->skipped)
        return "skipped";
    if (!result->count)
        return "ok";
    return result->severity == SEVERITY_ERROR ? "FAIL" : "warning";
}

static json_t *finding_json(const struct rule_finding *finding)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "message", printer_json_text(finding->message), "file",
                     printer_json_text(finding->file), "line",
                     finding->file && finding->line ? json_integer(finding->line) : json_null(), "object",
                     printer_json_text(finding->object), "hint", printer_json_text(finding->hint));
}

json_t *checking_result_json(const char *key, const char *id, const struct checking_result *result)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < result->count; i++)
        json_array_append_new(findings, finding_json(&result->findings[i]));
    json_t *json = json_pack("{s:s, s:o, s:s, s:o, s:o}", key, id, "ok",
                             result->skipped ? json_null() : json_boolean(!result->count), "severity",
                             rule_severity_name(result->severity), "evidence", printer_json_text(result->evidence),
                             "findings", findings);
    if (result->skipped)
        json_object_set_new(json, "skipped", printer_json_text(result->skipped));
    return json;
}
