/* The compliance review: samples recent migrations and proves for each that all that it made or changed is the same in
 * migrations, init script and models, that its version is seeded and its rows are there; asks all house rules besides,
 * and lays their findings at the version that they are about. What is left is open, and is written into a dated report
 * (migrate/audits.h). The target is only read. */
#ifndef MIGRATE_AUDIT_H
#define MIGRATE_AUDIT_H

#include <talloc.h>

#include "migrate/rules.h"
#include "store/base.h"
#include "store/error.h"

#define AUDIT_SAMPLE 5 /* versions, where nobody says */
#define AUDIT_SAMPLE_MOST 100
#define AUDIT_RECENT_LEAST 20 /* a sample of n is drawn from the newest 4n, and from this many at least */
#define AUDIT_SEED_BYTES 64

/* One thing that was proved of one version, named by the rule that demands it. */
struct audit_proof {
    const char *rule;
    enum rule_severity severity;
    const char *skipped;  /* why it could not be proved; or NULL. Then there are no findings */
    const char *evidence; /* "12 objects made or changed"; or NULL */
    const struct rule_finding *findings;
    size_t count;
};

struct audit_version {
    const char *version, *file;
    size_t touched; /* objects that it made, changed or dropped */
    struct audit_proof *proofs;
    size_t count;
};

/* What is open and of no sampled version: a broken rule, in one line. */
struct audit_item {
    const char *rule;
    enum rule_severity severity;
    const char *message, *file, *hint; /* file may be NULL */
    int line;
};

/* Constant once made. */
struct audit {
    const char *date, *seed;
    size_t file_count, recent;      /* migrations; those that the sample was drawn from */
    struct audit_version *versions; /* sampled, ascending */
    size_t count;
    struct audit_item *items;
    size_t item_count;
    const char *scratch_server; /* "15.18": the server in which all was proved; NULL: none could be opened */
    const struct rules_report *rules;
    const char *const *off; /* ids of rules that pgdeck.yaml switches off; NULL-terminated */
    size_t open; /* findings of versions, and items, of rules whose severity is error */
};

struct audit_options {
    struct rules_options rules; /* settings, environment, target, time, cancel, progress; `only` is not looked at */
    size_t sample;
    const char *seed; /* NULL: the date */
};

/* Whether a seed can be written down: letters, digits, ".", "-", "_", at most AUDIT_SEED_BYTES. Errors: ERROR_USAGE. */
bool audit_check_seed(const char *seed, struct error *error) NODISCARD;

/* Reviews. Owner: `owner`. Blocks. Errors: directory_read's; rules_check's; ERROR_CANCELLED. A mirror that cannot be
 * built is an open item. */
struct audit *audit_run(TALLOC_CTX *owner, const struct audit_options *options, struct error *error) NODISCARD;

/* The report as Markdown, with its head. Pure: the same audit, the same bytes. Owner: `owner`. */
char *audit_report(TALLOC_CTX *owner, const struct audit *audit);

#endif
