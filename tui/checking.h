/* From a deck to a check of the house rules: which target is asked, or why none is. The command and the Status screen
 * take the same road. */
#ifndef TUI_CHECKING_H
#define TUI_CHECKING_H

#include <jansson.h>

#include "migrate/rules.h"
#include "tui/deck.h"

/* Fills in settings, environment, target and time. A target that is not there is no failure: the private cluster is not
 * made for a check, and an unknown one is a finding unless -d named it. Owner of what it makes: `owner`. Errors:
 * ERROR_USAGE and ERROR_SETTINGS of what -d names. */
bool checking_options(TALLOC_CTX *owner, struct deck *deck, struct cancel *cancel, struct rules_options *options,
                      struct error *error) NODISCARD;

/* "ok", "FAIL", "warning", "skipped": how a rule ended, for text and Markdown. */
const char *checking_word(const struct rule_result *result);

/* How a rule ended, of a check or of an audit. */
struct checking_result {
    const char *skipped; /* why it could not be asked; or NULL */
    enum rule_severity severity;
    const char *evidence; /* or NULL */
    const struct rule_finding *findings;
    size_t count;
};

/* {key: id, "ok", "severity", "evidence", "findings", "skipped"}. New reference. */
json_t *checking_result_json(const char *key, const char *id, const struct checking_result *result);

/* The report as Markdown, the evidence for a pull request. Owner: `owner`. */
char *checking_markdown(TALLOC_CTX *owner, const struct rules_report *report);

#endif
